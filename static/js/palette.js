// The palette: every command of the page by its name, and the search.

import { build, isShown, press } from "./lib/elements.js";
import { listen } from "./lib/events.js";
import { startListbox, stopListbox } from "./lib/listbox.js";
import { fill, matches, trimSpace } from "./lib/text.js";
import { lastUndo } from "./undo.js";

const COMMANDS = "[data-key], [data-command], .sidebar a, .sidebar button";
const palette = () => document.getElementById("palette");
const field = () => palette().querySelector("input");
const list = () => palette().querySelector("[role=listbox]");
let entries = []; // while it is open

const nameOf = (element) =>
  trimSpace(
    element.dataset.command ||
      element.ariaLabel ||
      element.querySelector(".label")?.firstChild?.textContent ||
      element.textContent,
  );

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

// In search mode it lists no commands.
export function openPalette({ isSearch = false } = {}) {
  if (document.querySelector("dialog[open]")) return;
  entries = isSearch ? [] : commands();
  field().value = "";
  field().placeholder = isSearch ? list().dataset.searchPlaceholder : field().ariaLabel;
  palette().showModal();
  show();
}

function show() {
  const typed = field().value.trim();
  const options = entries.filter((entry) => matches(nameOf(entry), typed)).map(option);
  if (typed) options.push(searchOption(typed));
  list().replaceChildren(...options);
  startListbox(field(), list());
}

function option(entry, index) {
  const item = build("li", { role: "option", id: `command-${index}` });
  item.dataset.entry = entries.indexOf(entry);
  const keys = entry.dataset.key?.split(" ") ?? [];
  item.append(build("span", { textContent: nameOf(entry) }), ...keys.map((key) => build("kbd", { textContent: key })));
  return item;
}

function searchOption(words) {
  const item = option({ dataset: { command: fill(list().dataset.search, { words }) } }, "search");
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

listen("input", "#palette input", show);
listen("combobox-commit", "#palette [role=option]", run);
palette().addEventListener("close", () => {
  stopListbox(field());
  entries = [];
});
