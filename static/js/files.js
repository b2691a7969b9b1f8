// Files of a message: chosen, pasted or dropped, checked against the limits, listed, and each uploaded
// to the draft at once. Send waits for the uploads.

import { listen, onLoad } from "./lib/events.js";
import { textOf, troubleOf } from "./lib/requests.js";
import { fill, formatSize } from "./lib/text.js";

const AT_ONCE = 3;
const MOST = 50;
const FORM = "form[data-uploads]";
const uploads = new Map(); // items of the list that are not stored yet, to their files and addresses
let pressed = null; // the button that waits for them
let hadFocus = false; // the item that is replaced

const listOf = (form) => form.querySelector("[data-files]");
const inputOf = (form) => form.querySelector("[data-file-input]");
const attached = (form) =>
  [...listOf(form).children].filter((item) => item.querySelector("[name=kept]")?.checked ?? true);
const bytesOf = (items) => items.reduce((sum, item) => sum + Number(item.dataset.size), 0);
const mostOn = (form) => Math.min(MOST, Number(listOf(form).dataset.left));
const inState = (state) => [...uploads.keys()].filter((item) => item.dataset.state === state);

// Mirakl would refuse the file only after the whole message.
function problemWith(form, { name, size }) {
  const { budget, empty, tooMany, tooBig } = listOf(form).dataset;
  const items = attached(form);
  const left = Number(budget) - bytesOf(items);
  if (size === 0) return fill(empty, { name });
  if (items.length >= mostOn(form)) return fill(tooMany, { name });
  return size > left ? fill(tooBig, { name, size: formatSize(size), left: formatSize(left) }) : "";
}

function add(form, files) {
  const problems = [];
  for (const file of files) {
    const problem = problemWith(form, file);
    if (problem) problems.push(problem);
    else list(form, file);
  }
  form.querySelector("[data-left-out]").textContent = problems.join("\n");
  showBudget(form);
}

function list(form, file) {
  const item = form.querySelector("[data-file-item]").content.cloneNode(true).firstElementChild;
  const part = (name) => item.querySelector(`[data-${name}]`);
  item.dataset.size = file.size;
  part("name").textContent = file.name;
  part("human").textContent = formatSize(file.size);
  part("take-out").ariaLabel = fill(part("take-out").dataset.label, file);
  part("sent").ariaLabel += ` ${file.name}`;
  listOf(form).append(item);
  item.scrollIntoView({ block: "nearest" });
  uploads.set(item, { file, url: form.dataset.uploads });
  follow(item);
  queue(item);
}

function showBudget(form) {
  const items = attached(form);
  const used = form.querySelector("[data-used]");
  const [size, most] = [bytesOf(items), Number(listOf(form).dataset.budget)].map(formatSize);
  used.hidden = items.length === 0;
  used.textContent = fill(used.dataset.words, { size, most, n: items.length, left: mostOn(form) });
}

// A form that takes the place of another takes over its uploads.
onLoad(FORM, (form) => {
  listOf(form).append(...[...uploads].filter(([, { url }]) => url === form.dataset.uploads).map(([item]) => item));
  showBudget(form);
});
onLoad("[data-files] > li", (item) => {
  showBudget(item.closest("form"));
  if (hadFocus) item.querySelector("[data-take-out]").focus();
  hadFocus = false;
});

// -- chosen, pasted, dropped --------------------------------------------------

listen("change", FORM, (form, { target }) => {
  if (target.name === "kept") showBudget(form);
  if (!target.matches("[data-file-input]")) return;
  add(form, [...target.files]);
  target.value = "";
});

listen("paste", FORM, (form, event) => {
  if (!event.clipboardData.files.length) return;
  event.preventDefault();
  add(form, [...event.clipboardData.files]);
});

listen("dragover dragleave drop", FORM, (form, event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  form.toggleAttribute("data-dragging", event.type === "dragover");
  if (event.type === "drop") add(form, [...event.dataTransfer.files]);
});

// -- removed ------------------------------------------------------------------

listen("click", "[data-take-out]", (button) => {
  const item = button.closest("li");
  if (!uploads.delete(item)) return htmx.ajax("POST", button.dataset.url, { source: button, swap: "none" });
  htmx.trigger(item, "htmx:abort");
  takeOut(item);
  sendNext();
});
listen("htmx:afterOnLoad", "[data-take-out]", (button, { detail }) => {
  if (detail.successful || detail.xhr.status === 404) takeOut(button.closest("li"));
});

function takeOut(item) {
  const form = item.closest("form");
  const beside = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  form.querySelector("[data-left-out]").textContent = "";
  showBudget(form);
  (beside?.querySelector("[data-take-out]") ?? inputOf(form)).focus();
}

// -- uploaded -----------------------------------------------------------------

function queue(item) {
  item.dataset.state = "queued";
  sendNext();
}
listen("click", "[data-retry]", (button) => queue(button.closest("li")));

function sendNext() {
  for (const item of inState("queued").slice(0, AT_ONCE - inState("sending").length)) {
    const { file, url } = uploads.get(item);
    item.dataset.state = "sending";
    // How it fails is said beside the file.
    htmx.ajax("POST", url, { source: item, target: item, swap: "outerHTML", values: { file } }).catch(() => {});
  }
  if (pressed?.isConnected && !itemIn(pressed.form, "[data-state]")) pressed.form.requestSubmit(pressed);
}

// On the item itself: its form may be on no page any more when the answer comes.
function follow(item) {
  item.addEventListener("htmx:beforeSwap", ({ detail }) => {
    detail.shouldSwap = detail.xhr.status === 201;
    hadFocus = detail.shouldSwap && item.contains(document.activeElement);
  });
  for (const name of ["htmx:responseError", "htmx:sendError"])
    item.addEventListener(name, (event) => event.stopPropagation());
  item.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
    if (xhr.status === 201) uploads.delete(item);
    else if (uploads.has(item)) fail(item, xhr);
    sendNext();
  });
}

function fail(item, xhr) {
  item.dataset.state = "failed";
  item.querySelector("[data-why]").textContent = textOf(xhr, xhr.status === 413 ? "large" : troubleOf(xhr.status));
  item.scrollIntoView({ block: "nearest" });
  waitFor(null, item.closest("form"));
}

// Also of a file that is sent with its form.
listen("htmx:xhr:progress", "[data-files] > li, form", (sender, { detail: { lengthComputable, loaded, total } }) => {
  const bar = sender.querySelector("[data-sent]");
  if (bar && lengthComputable) Object.assign(bar, { hidden: loaded === total, max: total, value: loaded });
});

// -- Send ---------------------------------------------------------------------

const itemIn = (form, selector) => listOf(form).querySelector(selector);

function waitFor(button, form) {
  pressed = button;
  form.toggleAttribute("data-waits", Boolean(button));
}

function holdBack(form, event) {
  const isHeld = itemIn(form, "[data-state]");
  waitFor(isHeld && !itemIn(form, "[data-state=failed]") ? event.submitter : null, form);
  if (!isHeld) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}
listen("submit", FORM, holdBack, { capture: true });
// Typing takes Send back.
listen("input", FORM, (form) => waitFor(null, form));

addEventListener("beforeunload", (event) => {
  if (uploads.size > inState("failed").length) event.preventDefault();
});
