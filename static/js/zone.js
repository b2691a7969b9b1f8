// Takes the browser's time zone over into the profile at first, and offers it again when it has changed.

import { listen, onLoad } from "./lib/events.js";
import { fill } from "./lib/text.js";

const KEPT = "zone-kept";
const MONTHS = [...Array(12).keys()].map((month) => Date.now() + month * 30 * 24 * 3_600_000);

const timeIn = (zone, at) => new Date(at).toLocaleString("en", { timeZone: zone });
// Zones with different names can show the same time all year.
const areAlike = (one, other) => MONTHS.every((at) => timeIn(one, at) === timeIn(other, at));
const readable = (zone) => zone.replaceAll("_", " ");
const city = (zone) => readable(zone.split("/").pop());

onLoad("#zone", (form) => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { zone: desk, chosen } = form.dataset;
  form.elements.time_zone.value = here;
  if (!chosen) form.requestSubmit();
  else if (areAlike(here, desk)) localStorage.removeItem(KEPT);
  else if (localStorage.getItem(KEPT) !== here) {
    const names = { browser: readable(here), desk: city(desk), city: city(here) };
    for (const part of form.querySelectorAll("[data-words]")) part.textContent = fill(part.dataset.words, names);
    form.hidden = false;
  }
});

listen("click", "[data-keep-zone]", ({ form }) => {
  localStorage.setItem(KEPT, form.elements.time_zone.value);
  form.hidden = true;
});
