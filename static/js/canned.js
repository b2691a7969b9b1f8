// Canned replies: a panel over the composer, searched by typing. The server renders the list and the
// texts; one is inserted at the caret.

import { composer, composerBody } from "./lib/conversation.js";
import { build, isComposing } from "./lib/elements.js";
import { listen, onLoad } from "./lib/events.js";
import { chooseOption, chosenOption, startListbox, stopListbox } from "./lib/listbox.js";

const OPTION = "[data-canned-option]";
const panel = () => document.querySelector("[data-canned]");
const query = () => panel().querySelector("input");
const found = () => panel().querySelector("[data-canned-found]");
const options = () => found().querySelector("[role=listbox]");
const isOpen = () => panel()?.hidden === false;
// Whether the list is that of the text in the box; until then Enter waits.
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
  panel().hidden = true;
  stopListbox(query());
  composerBody()?.focus();
}

function preview(option) {
  const text = option?.querySelector("[data-text]").content.cloneNode(true);
  panel()
    .querySelector("[data-canned-preview]")
    .replaceChildren(text ?? "");
}

// As if typed, so that it can be undone: setRangeText could not be.
function type(box, text) {
  box.focus();
  document.execCommand("insertText", false, text);
}

function insert(option) {
  const box = composerBody();
  const macros = composer().querySelector("[data-macros]");
  if (!macros.querySelector(`[value="${option.id.replace("canned-", "")}"]`))
    macros.append(option.querySelector("[data-macro]").content.cloneNode(true));
  close();
  type(box, option.querySelector("[data-text]").content.textContent);
  const [gap] = gapsIn(box);
  if (gap) select(box, gap);
}

listen("combobox-commit", OPTION, insert);
listen("combobox-select", OPTION, preview);
listen("pointermove", OPTION, (option) => chooseOption(options(), option));
listen("click", "[data-canned-open]", () => (isOpen() ? close() : open()));
listen("click", "[data-canned-close]", close);
document.addEventListener("click", ({ target }) => {
  if (isOpen() && !target.closest("[data-canned], [data-canned-open]")) panel().hidden = true;
});

listen("htmx:afterSwap", "[data-canned-found]", (list, { target }) => {
  if (target !== list) return;
  preview(null);
  stopListbox(query());
  if (options()) startListbox(query(), options());
  if (isAwaited && isFresh() && options()) insert(chosenOption(options()));
  isAwaited &&= !isFresh();
});

// -- keys -----------------------------------------------------------------------

function openOnEmptyLine(box, event) {
  const [before, after] = [box.value.slice(0, box.selectionStart), box.value.slice(box.selectionEnd)];
  const isEmptyLine = (before === "" || before.endsWith("\n")) && (after === "" || after.startsWith("\n"));
  if (event.key !== "/" || !isEmptyLine || !panel() || isComposing(event)) return;
  event.preventDefault();
  open();
}
listen("keydown", "[data-composer] [data-body]", openOnEmptyLine, { capture: true });

function onKey(_panel, event) {
  const key = event.target === query() || event.key === "Escape" ? event.key : "";
  if (key === "Escape") close();
  else if (key === "Enter" && !isFresh()) isAwaited = true;
  // With nothing found there is nothing to insert, and no page to go to.
  else if (key === "Enter" && !found().querySelector(OPTION)) isAwaited = false;
  else if (key === "/" && query().value === "") {
    // Twice: a slash was meant.
    close();
    type(composerBody(), "/");
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
listen("keydown", "[data-canned]", onKey, { capture: true });

// -- missing values -------------------------------------------------------------

const GAPS = /\[missing: [\w.]+\]/g;
const gapsIn = (box) => [...new Set(box.value.match(GAPS) ?? [])];

function select(box, text) {
  const at = box.value.indexOf(text);
  if (at < 0) return;
  box.focus();
  box.setSelectionRange(at, at + text.length);
}

function showGaps({ form }) {
  const box = form.querySelector("[data-body]");
  const line = form.querySelector("[data-gaps]");
  if (!line) return;
  const gaps = gapsIn(box);
  const buttons = gaps.map((textContent) => build("button", { type: "button", className: "missing", textContent }));
  line.querySelector("[data-gap-list]").replaceChildren(...buttons);
  box.setCustomValidity(gaps.length ? line.dataset.words : "");
}
listen("input", "[data-composer] [data-body]", showGaps);
onLoad("[data-composer] [data-body]", showGaps);
listen("click", ".missing", (button) => select(button.form.querySelector("[data-body]"), button.textContent));

// -- the page that edits one ----------------------------------------------------

const insertName = ({ dataset }) => type(document.querySelector("textarea[name=body]"), `{{ ${dataset.insert} }}`);
listen("click", "[data-insert]", insertName);
