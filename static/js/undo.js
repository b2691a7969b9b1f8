// Counts down the seconds in which a reply can be undone, and finds the last Undo.

import { fill } from "./lib/text.js";

const endings = new WeakMap(); // countdowns, to the moments at which they end

// Of the newest action, whether its toast has faded or not.
export const lastUndo = () =>
  [...document.querySelectorAll("[data-undo]")].sort((a, b) => a.dataset.undo - b.dataset.undo).at(-1);

function show(counter) {
  if (!endings.has(counter)) endings.set(counter, performance.now() + Number(counter.dataset.countdown) * 1000);
  const left = Math.ceil((endings.get(counter) - performance.now()) / 1000);
  counter.textContent = left > 0 ? fill(counter.dataset.words, { n: left }) : counter.dataset.over;
  if (left > 0) return;
  counter.removeAttribute("data-countdown");
  counter.closest(".undo")?.querySelector("[data-undo]")?.remove();
}
setInterval(() => document.querySelectorAll("[data-countdown]").forEach(show), 250);
