// The palette: every command of the page by its name, and the search.

import { isShown, press } from "./lib/elements.js";
import { startListbox, stopListbox } from "./lib/listbox.js";
import { matches } from "./lib/text.js";
import { lastUndo } from "./undo.js";

const COMMANDS = "[data-key], [data-command], .sidebar a, .sidebar button";
const palette = () => document.getElementById("palette");
const field = () => palette().querySelector("input");
const list = () => palette().querySelector("[role=listbox]");
let entries = []; // while it is open

const nameOf = (element) =>
  (
    element.dataset.command ||
    element.getAttribute("aria-label") ||
    element.querySelector(".label")?.firstChild?.textContent ||
    element.textContent
  )
    .replace(/\s+/g, " ")
    .trim();

function commands() {
  const seen = new Set();
  const undo = lastUndo();
  return [...document.querySelectorAll(COMMANDS)].filter((element) => {
    if (element.matches("[data-undo]")) return element === undo;
    const name = nameOf(element);
    const isNew = name && !seen.has(name) && !element.disabled && (!element.closest(".bulk") || isShown(element));
    seen.add(name);
    return isNew;
  });
}

// In search mode words are looked for, whatever commands there are.
export function openPalette({ isSearch = false } = {}) {
  if (document.querySelector("dialog[open]")) return;
  entries = isSearch ? [] : commands();
  field().value = "";
  field().placeholder = isSearch ? list().dataset.searchPlaceholder : field().getAttribute("aria-label");
  palette().showModal();
  show();
}

function show() {
  const typed = field().value.trim();
  const found = entries.filter((entry) => matches(nameOf(entry), typed));
  list().replaceChildren(...found.map(option), ...(typed ? [searchOption(typed)] : []));
  startListbox(field(), list());
}

function option(entry, index) {
  const item = document.createElement("li");
  item.role = "option";
  item.id = `command-${index}`;
  item.dataset.entry = entries.indexOf(entry);
  const name = document.createElement("span");
  name.textContent = nameOf(entry);
  item.append(name);
  for (const key of entry.dataset.key?.split(" ") || []) {
    const kbd = document.createElement("kbd");
    kbd.textContent = key;
    item.append(kbd);
  }
  return item;
}

function searchOption(words) {
  const item = option({ dataset: { command: list().dataset.search.replace("{words}", words) } }, "search");
  item.dataset.words = words;
  return item;
}

function run(item) {
  const { words, entry } = item.dataset;
  const chosen = entries[entry];
  palette().close();
  if (words) location.href = `${list().dataset.searchUrl}?q=${encodeURIComponent(words)}`;
  else press(chosen);
}

document.addEventListener("input", (event) => event.target === field() && show());
document.addEventListener("combobox-commit", (event) => palette().contains(event.target) && run(event.target));
palette().addEventListener("close", () => {
  stopListbox(field());
  entries = [];
});
