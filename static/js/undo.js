// A reply that may still be undone counts its seconds down; the server keeps the real clock.

const counting = new Set();

function begin(element) {
  if (counting.has(element)) return;
  counting.add(element);
  element.endsAt = performance.now() + Number(element.dataset.countdown) * 1000;
}

function show(element) {
  if (!element.isConnected) return counting.delete(element);
  const left = Math.ceil((element.endsAt - performance.now()) / 1000);
  const isOver = left <= 0;
  element.textContent = isOver ? element.dataset.over : element.dataset.words.replace("{n}", left);
  if (!isOver) return true;
  element.closest(".undo")?.querySelector("[data-undo]")?.remove();
  return counting.delete(element);
}

function beginAll(root) {
  if (root.matches?.("[data-countdown]")) begin(root);
  root.querySelectorAll?.("[data-countdown]").forEach(begin);
}

document.addEventListener("htmx:load", (event) => beginAll(event.target));
beginAll(document);
setInterval(() => counting.forEach(show), 250);
