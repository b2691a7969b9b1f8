// Shows files one after the other, on top of their page.

import { listen } from "./lib/events.js";

const viewer = () => document.getElementById("viewer");
const part = (name) => viewer().querySelector(`[data-${name}]`);
const files = () => [...document.querySelectorAll("[data-file]")];
let current;

function makeElement({ kind, name }) {
  if (kind === "image") return Object.assign(new Image(), { alt: name });
  if (kind !== "pdf" || !navigator.pdfViewerEnabled) return null;
  return Object.assign(document.createElement("iframe"), { title: name });
}

const display = (element) => part("shown").replaceChildren(element ?? "");
listen("error", "#viewer img", () => display(null), { capture: true });

function show(file) {
  current = file;
  const all = files();
  const inline = `${file.dataset.file}?inline=1`;
  part("name").textContent = file.dataset.name;
  part("place").textContent = all.length > 1 ? `${all.indexOf(file) + 1} / ${all.length}` : "";
  part("download").href = file.dataset.file;
  part("alone").href = inline;
  part("alone").hidden = !file.dataset.kind;
  for (const step of viewer().querySelectorAll("[data-step]")) step.hidden = all.length < 2;
  const element = makeElement(file.dataset);
  display(element);
  if (element) element.src = inline;
}

function go(step) {
  const all = files();
  show(all.at((all.indexOf(current) + step) % all.length));
}

listen("click", "#viewer [data-step]", ({ dataset }) => go(Number(dataset.step)));

listen("click", "[data-file] [data-look]", (link, event) => {
  if (!viewer() || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(link.closest("[data-file]"));
  viewer().showModal();
});

function leave() {
  part("shown").replaceChildren();
  // At the file that was shown last.
  current.querySelector("[data-look]")?.focus();
}
listen("close", "#viewer", leave, { capture: true });

document.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step && viewer()?.open && !event.altKey) go(step);
});
