// Menus are <details>: they open and close by themselves. Here an open one is gone through by keys,
// takes the letters that are typed and shows the entries that hold them, and closes when it is left.

import { isComposing, isShown, isTyping, openMenu } from "./lib/elements.js";
import { matches } from "./lib/text.js";

const CONTROLS = ".menu button, .menu a, .menu input:not([type=hidden])";
const controls = (menu) => [...menu.querySelectorAll(CONTROLS)].filter(isShown);
// Entries are buttons that stand for themselves; the others belong to a box beside them.
const entries = (menu) =>
  [...menu.querySelectorAll(".menu button, .menu a")].filter((button) => !button.closest(".new"));
const filterOf = (menu) => menu.querySelector("[data-filter]");

function close(menu) {
  menu.open = false;
  menu.querySelector("summary").focus();
}

// A menu has a box of its own for what is typed, or gets one.
function ensureFilter(menu) {
  if (filterOf(menu)) return filterOf(menu);
  const box = document.getElementById("menu-filter").content.firstElementChild.cloneNode(true);
  menu.querySelector(".menu").prepend(box);
  if (menu.dataset.none)
    box.after(Object.assign(document.createElement("p"), { className: "none muted", role: "status" }));
  return box;
}

function filter(menu) {
  const typed = filterOf(menu)?.value.trim() ?? "";
  for (const entry of entries(menu)) {
    entry.hidden = !matches(entry.textContent, typed);
    entry.removeAttribute("data-first");
  }
  for (const line of menu.querySelectorAll(".menu hr")) line.hidden = Boolean(typed);
  if (typed) firstOf(menu)?.setAttribute("data-first", "");
  tellNone(menu, typed && entries(menu).every((entry) => entry.hidden));
}

// The line stands there before it is filled: only then is it read out.
function tellNone(menu, isNone) {
  const line = menu.querySelector(".none");
  if (line) line.textContent = isNone ? menu.dataset.none : "";
}

// What Enter presses: never an entry that takes away.
const firstOf = (menu) => entries(menu).find((entry) => !entry.hidden && !["remove", "untag"].includes(entry.name));

// It opens towards the side that has room.
function place(menu) {
  menu.removeAttribute("data-flipped");
  const { left, right } = menu.querySelector(".menu").getBoundingClientRect();
  menu.toggleAttribute("data-flipped", left < 0 || right > document.documentElement.clientWidth);
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.("details[data-menu]")) return;
    if (menu.open) {
      place(menu);
      return controls(menu)[0]?.focus({ preventScroll: true });
    }
    if (filterOf(menu)) filterOf(menu).value = "";
    filter(menu);
    for (const given of menu.querySelectorAll("[data-filter][data-given], .none")) given.remove();
  },
  true,
);

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-filter]")) filter(event.target.closest("details"));
});

function move(menu, step) {
  const all = controls(menu);
  const at = all.indexOf(document.activeElement.matches("[data-filter]") ? firstOf(menu) : document.activeElement);
  all.at((at < 0 && step > 0 ? 0 : at + step) % all.length)?.focus();
}

function onKey(event, menu) {
  const { key, target } = event;
  const step = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (key === "Escape") close(menu);
  else if (step && target.type !== "datetime-local") move(menu, step);
  else if (key !== "Enter" || !target.matches("[data-filter]")) return takeLetter(event, menu);
  // Nothing is called so: a box of the menu's own takes the name for a new one.
  else if (target.value.trim() && firstOf(menu)) firstOf(menu).click();
  else if (!target.matches("[data-given]")) return;
  event.preventDefault();
}

// The caret goes there before the letter does. Space presses the entry that has the focus.
function takeLetter({ key, target }, menu) {
  if (isTyping(target) || key.length > 1 || key === " ") return;
  ensureFilter(menu).focus();
}

document.addEventListener("keydown", (event) => {
  const menu = openMenu();
  if (!menu || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isComposing(event)) return;
  onKey(event, menu);
});

// Left behind, by a click or by going on with Tab.
function closeOthers(event) {
  for (const menu of document.querySelectorAll("details[data-menu][open]"))
    if (!menu.contains(event.target)) menu.open = false;
}
document.addEventListener("click", closeOthers);
document.addEventListener("focusin", closeOthers);

document.addEventListener("htmx:beforeRequest", (event) => {
  event.target.closest?.("details[data-menu]")?.querySelector("summary").focus();
});

// What asks for an answer has the focus, not the menu that it came from.
document.addEventListener("htmx:afterSettle", (event) => {
  event.target.querySelector?.("[autofocus]")?.focus();
});
