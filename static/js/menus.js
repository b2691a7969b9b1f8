// Menus are <details>, which open and close by themselves. An open menu is walked through by keys,
// filtered by typing, and closed when it is left.

import { build, isComposing, isShown, isTyping, openMenu } from "./lib/elements.js";
import { listen } from "./lib/events.js";
import { matches } from "./lib/text.js";

const MENU = "details[data-menu]";
const CONTROLS = ".menu button, .menu a, .menu input:not([type=hidden])";
const controls = (menu) => [...menu.querySelectorAll(CONTROLS)].filter(isShown);
// Without the buttons of the box for a new entry.
const entries = (menu) =>
  [...menu.querySelectorAll(".menu button, .menu a")].filter((button) => !button.closest(".new"));
// Enter presses it: never an entry that removes something.
const firstOf = (menu) => entries(menu).find((entry) => !entry.hidden && !["remove", "untag"].includes(entry.name));
const filterOf = (menu) => menu.querySelector("[data-filter]");

// The menu's own box to type in, or a new one.
function ensureFilter(menu) {
  if (filterOf(menu)) return filterOf(menu);
  const box = document.getElementById("menu-filter").content.firstElementChild.cloneNode(true);
  menu.querySelector(".menu").prepend(box);
  if (menu.dataset.none) box.after(build("p", { className: "none muted", role: "status" }));
  return box;
}

function filter(menu) {
  const typed = filterOf(menu)?.value.trim() ?? "";
  const all = entries(menu);
  for (const entry of all) {
    entry.hidden = !matches(entry.textContent, typed);
    entry.removeAttribute("data-first");
  }
  for (const line of menu.querySelectorAll(".menu hr")) line.hidden = Boolean(typed);
  if (typed) firstOf(menu)?.setAttribute("data-first", "");
  // Screen readers announce a line that is there before its text.
  const none = menu.querySelector(".none");
  if (none) none.textContent = typed && all.every((entry) => entry.hidden) ? menu.dataset.none : "";
}
listen("input", `${MENU} [data-filter]`, (box) => filter(box.closest(MENU)));

// Opens towards the side that has room.
function place(menu) {
  menu.removeAttribute("data-flipped");
  const { left, right } = menu.querySelector(".menu").getBoundingClientRect();
  menu.toggleAttribute("data-flipped", left < 0 || right > document.documentElement.clientWidth);
}

function toggle(menu, { target }) {
  if (target !== menu) return;
  if (menu.open) {
    place(menu);
    return controls(menu)[0]?.focus({ preventScroll: true });
  }
  if (filterOf(menu)) filterOf(menu).value = "";
  filter(menu);
  for (const given of menu.querySelectorAll("[data-filter][data-given], .none")) given.remove();
}
listen("toggle", MENU, toggle, { capture: true });

function move(menu, step) {
  const all = controls(menu);
  const at = all.indexOf(document.activeElement.matches("[data-filter]") ? firstOf(menu) : document.activeElement);
  all.at((at < 0 && step > 0 ? 0 : at + step) % all.length)?.focus();
}

function onKey(event, menu) {
  const { key, target } = event;
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (step && target.type !== "datetime-local") move(menu, step);
  else if (key === "Enter" && target.matches("[data-filter]")) {
    const found = target.value.trim() && firstOf(menu);
    // A menu's own box takes a text that no entry contains for a new entry.
    if (!found && !target.matches("[data-given]")) return;
    if (found) found.click();
  } else {
    // The box gets the caret before the character. Space presses the entry that has the focus.
    if (!isTyping(target) && key.length === 1 && key !== " ") ensureFilter(menu).focus();
    return;
  }
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  const menu = openMenu();
  if (!menu || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isComposing(event)) return;
  onKey(event, menu);
});

for (const leaving of ["click", "focusin"]) {
  document.addEventListener(leaving, ({ target }) => {
    for (const menu of document.querySelectorAll(`${MENU}[open]`)) if (!menu.contains(target)) menu.open = false;
  });
}

listen("htmx:beforeRequest", MENU, (menu) => menu.querySelector("summary").focus());

// A question takes the focus from the menu that it came from.
document.addEventListener("htmx:afterSettle", ({ target }) => target.querySelector?.("[autofocus]")?.focus());
