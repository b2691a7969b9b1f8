// Canned replies: a list that opens over the composer, is searched by typing, and puts its words
// where the cursor is. What is on the list, and what it reads like here, the server says.

import { composer, composerBody, within } from "./lib/conversation.js";
import { isComposing } from "./lib/elements.js";
import { chooseOption, chosenOption, startListbox, stopListbox } from "./lib/listbox.js";

const panel = () => document.querySelector("[data-canned]");
const query = () => panel().querySelector("input");
const found = () => panel().querySelector("[data-canned-found]");
const options = () => found().querySelector("[role=listbox]");
const isOpen = () => Boolean(panel() && !panel().hidden);
// What is listed is what was typed; until then Enter waits, or it would put in the wrong words.
const isFresh = () => found().querySelector("[data-q]")?.dataset.q === query().value;
let isAwaited = false;

function open() {
  if (!panel() || !composerBody()) return;
  panel().hidden = false;
  isAwaited = false;
  query().value = "";
  htmx.trigger(panel().querySelector("form"), "canned-open");
  query().focus();
}

function close() {
  if (!isOpen()) return;
  panel().hidden = true;
  stopListbox(query());
  composerBody()?.focus();
}

function preview(option) {
  const text = option?.querySelector("[data-text]").content.cloneNode(true);
  panel()
    .querySelector("[data-canned-preview]")
    .replaceChildren(...(text ? [text] : []));
}

// As if it had been typed, so that it can be undone; setRangeText could not be.
function put(box, text) {
  box.focus();
  if (document.execCommand("insertText", false, text)) return;
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function insert(option) {
  const box = composerBody();
  const text = option.querySelector("[data-text]").content.textContent;
  const macros = composer().querySelector("[data-macros]");
  if (!macros.querySelector(`[value="${option.id.replace("canned-", "")}"]`))
    macros.append(option.querySelector("[data-macro]").content.cloneNode(true));
  close();
  put(box, text);
  const gap = box.value.match(GAP);
  if (gap) select(box, gap[0]);
}

// -- what is still missing ------------------------------------------------------

const GAP = /\[missing: [\w.]+\]/;

function select(box, text) {
  const at = box.value.indexOf(text);
  if (at < 0) return;
  box.focus();
  box.setSelectionRange(at, at + text.length);
}

function showGaps(form) {
  const box = form.querySelector("[data-body]");
  const line = form.querySelector("[data-gaps]");
  if (!line) return;
  const gaps = [...new Set(box.value.match(new RegExp(GAP, "g")) ?? [])];
  line.hidden = gaps.length === 0;
  line.querySelector("[data-gap-list]").replaceChildren(
    ...gaps.map((gap) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "missing";
      button.textContent = gap;
      button.addEventListener("click", () => select(box, gap));
      return button;
    }),
  );
  box.setCustomValidity(gaps.length ? line.dataset.words : "");
}

// -- listening ------------------------------------------------------------------

// A slash at the start of an empty line.
function asksForPicker(event) {
  const box = event.target;
  if (event.key !== "/" || box !== composerBody() || isComposing(event)) return false;
  const before = box.value.slice(0, box.selectionStart);
  const after = box.value.slice(box.selectionEnd);
  return (before === "" || before.endsWith("\n")) && (after === "" || after.startsWith("\n"));
}

function onKeyInQuery(event) {
  if (event.key === "Enter" && !isFresh()) isAwaited = true;
  // With nothing found there is nothing to put in, and no page to go to.
  else if (event.key === "Enter" && !panel().querySelector("[data-canned-option]")) isAwaited = false;
  else if (event.key === "/" && query().value === "") {
    // Twice: a slash was meant.
    close();
    put(composerBody(), "/");
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener(
  "keydown",
  (event) => {
    if (panel() && asksForPicker(event)) {
      event.preventDefault();
      return open();
    }
    if (!isOpen() || !panel().contains(event.target)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      return close();
    }
    if (event.target === query()) onKeyInQuery(event);
  },
  true,
);

document.addEventListener(
  "combobox-commit",
  (event) => event.target.matches("[data-canned-option]") && insert(event.target),
);
document.addEventListener(
  "combobox-select",
  (event) => event.target.matches("[data-canned-option]") && preview(event.target),
);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-canned-open]")) return isOpen() ? close() : open();
  if (event.target.closest("[data-canned-close]")) return close();
  if (isOpen() && !panel().contains(event.target)) panel().hidden = true;
});

document.addEventListener("pointermove", (event) => {
  const option = event.target.closest("[data-canned-option]");
  if (option) chooseOption(options(), option);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (!panel() || event.detail.target !== found()) return;
  preview(null);
  stopListbox(query());
  if (options()) startListbox(query(), options());
  if (isAwaited && isFresh() && options()) insert(chosenOption(options()));
  isAwaited = isAwaited && !isFresh();
});

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (form && event.target.matches("[data-body]")) showGaps(form);
});

document.addEventListener("htmx:load", (event) => within(event.target, "[data-composer]").forEach(showGaps));
document.querySelectorAll("[data-composer]").forEach(showGaps);
