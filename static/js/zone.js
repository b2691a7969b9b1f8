// The desk shows times in the zone of the profile: at first the browser's, and offered anew when that
// has moved.

const form = document.getElementById("zone");
const KEPT = "zone-kept";
const MONTH = 30 * 24 * 3600 * 1000;

function offsetIn(zone, at) {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(at);
  return parts.find((part) => part.type === "timeZoneName").value;
}

// Under whatever names: their clocks show the same all year.
function areAlike(one, other) {
  const now = Date.now();
  return [...Array(12).keys()].every(
    (month) => offsetIn(one, now + month * MONTH) === offsetIn(other, now + month * MONTH),
  );
}

const readable = (zone) => zone.replaceAll("_", " ");
const city = (zone) => readable(zone.split("/").pop());

async function post(isFirst) {
  const body = new FormData(form);
  if (isFirst) body.append("first", "on");
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  return answer?.ok;
}

function offer(here, desk) {
  const named = (text) =>
    text.replace("{browser}", readable(here)).replace("{desk}", city(desk)).replace("{city}", city(here));
  for (const part of form.querySelectorAll("[data-words]")) part.textContent = named(part.dataset.words);
  form.hidden = false;
}

async function compare() {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { zone: desk, chosen } = form.dataset;
  form.elements.time_zone.value = here;
  if (!chosen) {
    if ((await post(true)) && !areAlike(here, desk)) location.reload();
  } else if (areAlike(here, desk)) localStorage.removeItem(KEPT);
  else if (localStorage.getItem(KEPT) !== here) offer(here, desk);
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await post(false)) location.reload();
});
form?.querySelector("[data-keep-zone]").addEventListener("click", () => {
  localStorage.setItem(KEPT, form.elements.time_zone.value);
  form.hidden = true;
});
if (form) compare();
