// The sidebar, narrow or wide: a cookie keeps it, so that the next page is laid out so from its start.

import { listen } from "./lib/events.js";
import { trimSpace } from "./lib/text.js";

const YEAR = 365 * 24 * 3600;
const root = document.documentElement;

// Without their texts, icons show their names on hover.
function nameIcons() {
  for (const entry of document.querySelectorAll(".sidebar .nav :is(a, button)")) {
    const label = trimSpace(entry.querySelector(".label")?.textContent ?? "");
    if (root.dataset.sidebar === "narrow" && label) entry.title ||= label;
    else if (entry.title === label) entry.removeAttribute("title");
  }
}

listen("click", "[data-toggle-sidebar]", () => {
  if (root.dataset.sidebar === "narrow") delete root.dataset.sidebar;
  else root.dataset.sidebar = "narrow";
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `sidebar=${root.dataset.sidebar ?? "wide"}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  nameIcons();
});

document.addEventListener("htmx:afterSettle", nameIcons);
nameIcons();
