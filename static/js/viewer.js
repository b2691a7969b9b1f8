// Files are looked at one after the other, on top of the page they stand on.

const viewer = () => document.getElementById("viewer");
const part = (name) => viewer().querySelector(`[data-${name}]`);
const files = () => [...document.querySelectorAll("[data-file]")];
let current;

function element(file) {
  if (file.dataset.kind === "image") {
    const image = new Image();
    image.alt = file.dataset.name;
    image.addEventListener("error", () => {
      if (image.isConnected) showNothing();
    });
    return image;
  }
  if (file.dataset.kind !== "pdf" || !navigator.pdfViewerEnabled) return null;
  const frame = document.createElement("iframe");
  frame.title = file.dataset.name;
  return frame;
}

function showNothing() {
  part("shown").replaceChildren();
  part("none").hidden = false;
}

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
  const shown = element(file);
  part("none").hidden = Boolean(shown);
  part("shown").replaceChildren(...(shown ? [shown] : []));
  if (shown) shown.src = inline;
}

function go(step) {
  const all = files();
  show(all.at((all.indexOf(current) + step) % all.length));
}

document.addEventListener("click", (event) => {
  const step = event.target.closest("#viewer [data-step]");
  if (step) return go(Number(step.dataset.step));
  const link = event.target.closest("[data-file] [data-look]");
  if (!link || !viewer() || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(link.closest("[data-file]"));
  viewer().showModal();
  viewer().addEventListener(
    "close",
    () => {
      part("shown").replaceChildren();
      // Where one was, or at the file that was looked at last.
      current.querySelector("[data-look]")?.focus();
    },
    { once: true },
  );
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step && viewer()?.open && !event.altKey) go(step);
});
