// Files of a message: chosen, pasted or dropped; held against what fits; listed; taken out again.
// They go along with the form. Where it says where to upload them, uploads.js sends each at once.

import { showProgress } from "./lib/progress.js";

const MOST = 50;
const held = new WeakMap(); // items of the list, to the files that go along with the form

function humanSize(bytes) {
  const units = ["byte", "kilobyte", "megabyte"];
  let unit = 0;
  let amount = bytes;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const style = { style: "unit", unit: units[unit], unitDisplay: "short", maximumFractionDigits: unit === 2 ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(amount);
}

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const formOf = (event) => event.target.closest?.("form:has([data-files])");
const listOf = (form) => form.querySelector("[data-files]");
const inputOf = (form) => form.querySelector("[data-file-input]");
const itemsOf = (form) => [...listOf(form).children];
const goingAlong = (form) => itemsOf(form).filter((item) => item.querySelector("[name=kept]")?.checked ?? true);
const bytesOf = (items) => items.reduce((sum, item) => sum + Number(item.dataset.size), 0);
const mostOn = (form) => Math.min(MOST, Number(listOf(form).dataset.left));

// Mirakl would refuse it, and better at once than when all is written.
function problemWith(form, file) {
  const words = listOf(form).dataset;
  const items = goingAlong(form);
  const left = Number(words.budget) - bytesOf(items);
  const values = { name: file.name, size: humanSize(file.size), left: humanSize(left) };
  if (file.size === 0) return fill(words.empty, values);
  if (items.length >= mostOn(form)) return fill(words.tooMany, values);
  return file.size > left ? fill(words.tooBig, values) : "";
}

function add(form, files) {
  const problems = [];
  for (const file of files) {
    const problem = problemWith(form, file);
    if (problem) problems.push(problem);
    else list(form, file);
  }
  const notice = form.querySelector("[data-left-out]");
  notice.hidden = problems.length === 0;
  notice.textContent = problems.join("\n");
  handOver(form);
}

function list(form, file) {
  const item = form.querySelector("[data-file-item]").content.cloneNode(true).firstElementChild;
  item.dataset.size = file.size;
  item.querySelector("[data-name]").textContent = file.name;
  item.querySelector("[data-human]").textContent = humanSize(file.size);
  const button = item.querySelector("[data-take-out]");
  button.setAttribute("aria-label", fill(button.dataset.label, { name: file.name }));
  const bar = item.querySelector("[data-sent]");
  bar.setAttribute("aria-label", `${bar.getAttribute("aria-label")} ${file.name}`);
  listOf(form).append(item);
  item.scrollIntoView({ block: "nearest" });
  const chosen = new CustomEvent("desk:file", { bubbles: true, cancelable: true, detail: { form, file } });
  if (item.dispatchEvent(chosen)) held.set(item, file);
}

// What the browser sends along with the form is what the list shows.
function handOver(form) {
  const transfer = new DataTransfer();
  for (const item of itemsOf(form)) if (held.has(item)) transfer.items.add(held.get(item));
  inputOf(form).files = transfer.files;
  showBudget(form);
}

function showBudget(form) {
  const items = goingAlong(form);
  const used = form.querySelector("[data-used]");
  const budget = Number(listOf(form).dataset.budget);
  const values = { size: humanSize(bytesOf(items)), most: humanSize(budget), n: items.length, left: mostOn(form) };
  used.hidden = items.length === 0;
  used.textContent = fill(used.dataset.words, values);
}

function prepare(root) {
  const forms = root.matches?.("form") ? [root] : (root.querySelectorAll?.("form") ?? []);
  for (const form of forms) if (listOf(form)) showBudget(form);
}

// -- chosen, pasted, dropped --------------------------------------------------

document.addEventListener("change", (event) => {
  const form = formOf(event);
  if (form && event.target.name === "kept") showBudget(form);
  // A second choice adds to the first; the browser would replace it.
  if (form && event.target.matches("[data-file-input]")) add(form, [...event.target.files]);
});

document.addEventListener("paste", (event) => {
  const form = formOf(event);
  if (!form || !event.clipboardData.files.length) return;
  event.preventDefault();
  add(form, [...event.clipboardData.files]);
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const form = formOf(event);
    if (!form || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    form.toggleAttribute("data-dragging", kind === "dragover");
    if (kind === "drop") add(form, [...event.dataTransfer.files]);
  });
}

// -- taken out ----------------------------------------------------------------

document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-take-out]")?.closest("li");
  if (!held.has(item)) return;
  // What is on its way already would go along all the same.
  htmx.trigger(item.closest("form"), "htmx:abort");
  takeOut(item);
});

function takeOut(item) {
  const form = item.closest("form");
  const beside = item.nextElementSibling ?? item.previousElementSibling;
  held.delete(item);
  item.remove();
  form.querySelector("[data-left-out]").hidden = true;
  handOver(form);
  (beside?.querySelector("[data-take-out]") ?? inputOf(form)).focus();
}

document.addEventListener("desk:gone", (event) => takeOut(event.target));
document.addEventListener("desk:arrived", (event) => showBudget(event.target));

// -- on their way, with the form ----------------------------------------------

document.addEventListener("htmx:xhr:progress", (event) => {
  const form = event.target.closest?.("form");
  if (!form || !event.detail.lengthComputable) return;
  const { loaded, total } = event.detail;
  const whole = form.querySelector("[data-upload]");
  if (whole) showProgress(whole, loaded, total);
  if (listOf(form))
    spread(
      itemsOf(form).filter((item) => held.has(item)),
      loaded,
    );
});

// They leave one after the other, and are nearly all there is of it.
function spread(items, loaded) {
  let left = loaded;
  for (const item of items) {
    const size = Number(item.dataset.size);
    showProgress(item.querySelector("[data-sent]"), Math.min(size, left), size);
    left = Math.max(0, left - size);
  }
}

document.addEventListener("htmx:afterRequest", (event) => {
  for (const bar of event.target.querySelectorAll?.("[data-sent]") ?? [])
    if (held.has(bar.closest("li"))) bar.hidden = true;
});

document.addEventListener("htmx:load", (event) => prepare(event.target));
prepare(document);
