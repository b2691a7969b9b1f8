// Files of a message: chosen, pasted or dropped, checked against the limits, listed, removed. They are
// sent with the form; a form with an address for uploads sends each at once.

import { showProgress } from "./lib/elements.js";
import { listen, onLoad } from "./lib/events.js";
import { fill, formatSize } from "./lib/text.js";
import { cancelUpload, isUploading, startUpload } from "./uploads.js";

const MOST = 50;
const FORM = "form:has([data-files])";
const held = new WeakMap(); // items of the list, to the files that are sent with the form

const listOf = (form) => form.querySelector("[data-files]");
const inputOf = (form) => form.querySelector("[data-file-input]");
const itemsOf = (form) => [...listOf(form).children];
const attached = (form) => itemsOf(form).filter((item) => item.querySelector("[name=kept]")?.checked ?? true);
const bytesOf = (items) => items.reduce((sum, item) => sum + Number(item.dataset.size), 0);
const mostOn = (form) => Math.min(MOST, Number(listOf(form).dataset.left));

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
  setFiles(form);
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
  if (form.dataset.uploads) startUpload(item, form, file);
  else held.set(item, file);
}

// The browser sends what the list shows.
function setFiles(form) {
  const transfer = new DataTransfer();
  for (const item of itemsOf(form)) if (held.has(item)) transfer.items.add(held.get(item));
  inputOf(form).files = transfer.files;
  showBudget(form);
}

function showBudget(form) {
  const items = attached(form);
  const used = form.querySelector("[data-used]");
  const [size, most] = [bytesOf(items), Number(listOf(form).dataset.budget)].map(formatSize);
  used.hidden = items.length === 0;
  used.textContent = fill(used.dataset.words, { size, most, n: items.length, left: mostOn(form) });
}
onLoad(`${FORM}, [data-files] > li`, (element) => showBudget(element.closest("form")));

// -- chosen, pasted, dropped --------------------------------------------------

listen("change", FORM, (form, { target }) => {
  if (target.name === "kept") showBudget(form);
  // A second choice adds to the first; the browser would replace it.
  if (target.matches("[data-file-input]")) add(form, [...target.files]);
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
  // A form that is being sent would take the file along.
  if (held.has(item)) htmx.trigger(item.closest("form"), "htmx:abort");
  else if (isUploading(item)) cancelUpload(item);
  else return htmx.ajax("POST", button.dataset.url, { source: button, swap: "none" });
  takeOut(item);
});
listen("htmx:afterOnLoad", "[data-take-out]", (button, { detail }) => {
  if (detail.successful || detail.xhr.status === 404) takeOut(button.closest("li"));
});

function takeOut(item) {
  const form = item.closest("form");
  const beside = item.nextElementSibling ?? item.previousElementSibling;
  held.delete(item);
  item.remove();
  form.querySelector("[data-left-out]").textContent = "";
  setFiles(form);
  (beside?.querySelector("[data-take-out]") ?? inputOf(form)).focus();
}

// -- sent with the form -------------------------------------------------------

listen("htmx:xhr:progress", "form", (form, { detail }) => {
  if (!detail.lengthComputable) return;
  const whole = form.querySelector("[data-upload]");
  if (whole) showProgress(whole, detail.loaded, detail.total);
  // The files are sent one after the other and make up nearly all of it.
  let left = detail.loaded;
  for (const item of form.querySelectorAll("[data-files] > li")) {
    if (!held.has(item)) continue;
    const size = Number(item.dataset.size);
    showProgress(item.querySelector("[data-sent]"), Math.min(size, left), size);
    left = Math.max(0, left - size);
  }
});
