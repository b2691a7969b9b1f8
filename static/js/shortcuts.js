// Single keys for everything: a control with `data-key` is pressed by that key, "g i" being two in a
// row, and stands in the palette under its own name. Rows are walked with j and k.

const off = () => document.documentElement.dataset.shortcuts === "off";
const palette = document.getElementById("palette");
const help = document.getElementById("shortcuts");
const PAUSE = 1200;
let first = "", forget;

const isShown = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? true;
const isTyping = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
const withKey = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(isShown);

function press(element) {
  if (isTyping(element) || element.matches("[tabindex='-1']")) element.focus();
  else element.click();
  element.scrollIntoView?.({ block: "nearest" });
}

// -- rows ---------------------------------------------------------------------

const rows = () => [...document.querySelectorAll(".rows .open")].filter(isShown);

// On a list the focus moves; beside a thread the next one opens.
function walk(step) {
  const all = rows();
  const current = all.findIndex((row) => row.getAttribute("aria-current") === "true");
  const focused = all.findIndex((row) => row.closest(".row").contains(document.activeElement));
  if (current >= 0 && focused < 0) return all[current + step]?.click();
  const next = all[focused < 0 ? (step > 0 ? 0 : all.length - 1) : focused + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function rowInHand() {
  return document.activeElement.closest(".row");
}

// What a key does to the selection it does to the row in hand where nothing is selected.
function withKeyOrRow(key) {
  const box = rowInHand()?.querySelector(".pick input");
  const control = withKey(key);
  if (control || !box || box.checked) return control;
  box.checked = true;
  const ofSelection = withKey(key);
  box.checked = Boolean(ofSelection);
  return ofSelection;
}

const WALKS = {
  j: () => walk(1),
  k: () => walk(-1),
  o: () => rowInHand()?.querySelector(".open")?.click(),
  x: () => rowInHand()?.querySelector("input[type=checkbox]")?.click(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k" && !event.shiftKey) {
    event.preventDefault();
    return openPalette();
  }
  if (off() || event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && isTyping(document.activeElement)) return document.activeElement.blur();
  if (isTyping(event.target) || event.key.length > 1) return;
  const key = first ? `${first} ${event.key}` : event.key;
  first = "";
  clearTimeout(forget);
  const control = WALKS[key] ? withKey(key) : withKeyOrRow(key);
  if (control || WALKS[key]) {
    event.preventDefault();
    return control ? press(control) : WALKS[key]();
  }
  if (document.querySelector(`[data-key^="${CSS.escape(event.key)} "]`)) {
    first = event.key;
    forget = setTimeout(() => (first = ""), PAUSE);
  }
});

// The key is told where its control is: to the eye on hover, and to screen readers.
function tell(root) {
  for (const element of root.querySelectorAll("[data-key]:not([aria-keyshortcuts])")) {
    element.setAttribute("aria-keyshortcuts", element.dataset.key);
    const name = element.title || element.getAttribute("aria-label") || element.textContent.trim();
    if (!off() && name) element.title = `${name} (${element.dataset.key})`;
  }
}
tell(document);
document.addEventListener("htmx:afterSettle", () => tell(document));

for (const opener of document.querySelectorAll("[data-open-dialog]")) {
  opener.addEventListener("click", () => document.getElementById(opener.dataset.openDialog).showModal());
}

// -- palette ------------------------------------------------------------------

const field = palette?.querySelector("input");
const list = palette?.querySelector("[role=listbox]");
let entries = [], shown = [], chosen = 0;

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const nameOf = (element) =>
  (element.dataset.command || element.getAttribute("aria-label") || element.querySelector(".label")?.firstChild?.textContent || element.textContent)
    .replace(/\s+/g, " ").trim();

function openPalette() {
  if (palette.open) return;
  const controls = document.querySelectorAll("[data-key], [data-command], .sidebar a, .sidebar button");
  const seen = new Set();
  entries = [...controls].filter((element) => {
    const name = nameOf(element);
    const isNew = name && !seen.has(name) && !element.disabled && (!element.closest(".bulk") || isShown(element));
    seen.add(name);
    return isNew;
  });
  field.value = "";
  palette.showModal();
  show();
}

function show() {
  const words = fold(field.value).split(/\s+/).filter(Boolean);
  shown = entries.filter((entry) => words.every((word) => fold(nameOf(entry)).includes(word)));
  chosen = 0;
  list.replaceChildren(...shown.map(option), ...(words.length ? [searchOption()] : []));
  choose(0);
}

function option(entry, index) {
  const item = document.createElement("li");
  item.role = "option";
  item.id = `command-${index}`;
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

function searchOption() {
  const words = field.value;
  const item = option({ dataset: { command: list.dataset.search.replace("{words}", words) } }, shown.length);
  item.dataset.words = words;
  return item;
}

function choose(index) {
  const items = [...list.children];
  chosen = Math.max(0, Math.min(index, items.length - 1));
  items.forEach((item, at) => item.setAttribute("aria-selected", at === chosen));
  items[chosen]?.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", items[chosen]?.id || "");
}

function run() {
  const item = list.children[chosen];
  if (!item) return;
  palette.close();
  if (item.dataset.words) location.href = `${list.dataset.searchUrl}?q=${encodeURIComponent(item.dataset.words)}`;
  else press(shown[chosen]);
}

field?.addEventListener("input", show);
field?.addEventListener("keydown", (event) => {
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
  if (steps[event.key]) {
    event.preventDefault();
    choose(chosen + steps[event.key]);
  } else if (event.key === "Enter") {
    event.preventDefault();
    run();
  }
});
list?.addEventListener("click", (event) => {
  const item = event.target.closest("[role=option]");
  if (!item) return;
  choose([...list.children].indexOf(item));
  run();
});
// A click beside a dialog closes it.
for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}
