// What may be undone: a reply counts its seconds down, and the last thing done is known.

const counting = new Set();
const offeredAt = new Map(); // what an Undo would send, to its turn among those of this page

const wouldSend = (button) => `${button.form.action} ${button.form.elements.ticket?.value ?? ""}`;
const turn = (button) => offeredAt.get(wouldSend(button)) ?? Infinity;

// The newest on the page, whether its toast has faded or not.
export const lastUndo = () =>
  [...document.querySelectorAll("[data-undo]")].reduce(
    (last, one) => (last && turn(last) > turn(one) ? last : one),
    undefined,
  );

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
  for (const button of root.querySelectorAll?.("[data-undo]") ?? []) {
    if (!offeredAt.has(wouldSend(button))) offeredAt.set(wouldSend(button), offeredAt.size + 1);
  }
  if (root.matches?.("[data-countdown]")) begin(root);
  root.querySelectorAll?.("[data-countdown]").forEach(begin);
}

document.addEventListener("htmx:load", (event) => beginAll(event.target));
beginAll(document);
setInterval(() => counting.forEach(show), 250);
