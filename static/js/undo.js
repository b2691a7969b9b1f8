// Counts down the seconds in which a reply can be undone, and finds the last Undo.

import { onLoad } from "./lib/events.js";
import { fill } from "./lib/text.js";

const turns = new Map(); // requests of Undo buttons, to their turns on this page
const endings = new WeakMap(); // countdowns, to the moments at which they end

const requestOf = ({ form }) => `${form.action} ${form.elements.ticket?.value ?? ""}`;
const turnOf = (button) => turns.get(requestOf(button)) ?? Infinity;

// The newest on the page, whether its toast has faded or not.
export const lastUndo = () =>
  [...document.querySelectorAll("[data-undo]")].sort((a, b) => turnOf(a) - turnOf(b)).at(-1);

onLoad("[data-undo]", (button) => {
  if (!turns.has(requestOf(button))) turns.set(requestOf(button), turns.size + 1);
});

function show(counter) {
  if (!endings.has(counter)) endings.set(counter, performance.now() + Number(counter.dataset.countdown) * 1000);
  const left = Math.ceil((endings.get(counter) - performance.now()) / 1000);
  if (left > 0) {
    counter.textContent = fill(counter.dataset.words, { n: left });
    return;
  }
  counter.textContent = counter.dataset.over;
  counter.removeAttribute("data-countdown");
  counter.closest(".undo")?.querySelector("[data-undo]")?.remove();
}
setInterval(() => document.querySelectorAll("[data-countdown]").forEach(show), 250);
