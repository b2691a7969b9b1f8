// Rows of a list, and the one in hand: the one that has the focus.

import { isShown } from "./lib/elements.js";

const rows = () => [...document.querySelectorAll(".rows .open")].filter(isShown);

export const rowInHand = () => document.activeElement.closest(".row");

// On a list the focus moves; beside a thread the next one opens.
export function walk(step) {
  const all = rows();
  const current = all.findIndex((row) => row.getAttribute("aria-current") === "true");
  const focused = all.findIndex((row) => row.closest(".row").contains(document.activeElement));
  if (current >= 0 && focused < 0) return all[current + step]?.click();
  const next = all[focused < 0 ? (step > 0 ? 0 : all.length - 1) : focused + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

export const openRow = () => rowInHand()?.querySelector(".open")?.click();
export const tickRow = () => rowInHand()?.querySelector("input[type=checkbox]")?.click();

// What a key does to the selection it does to the row in hand where nothing is selected: `find` looks
// for the key's control, which is shown only while something is.
export function withRowTicked(find) {
  const box = rowInHand()?.querySelector(".pick input");
  const control = find();
  if (control || !box || box.checked) return control;
  box.checked = true;
  const ofSelection = find();
  box.checked = Boolean(ofSelection);
  return ofSelection;
}
