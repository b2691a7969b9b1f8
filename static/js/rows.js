// Rows of a list, and the current one: the one that has the focus.

import { isShown } from "./lib/elements.js";

const currentRow = () => document.activeElement.closest(".row");

// On a list the focus moves; beside a thread the next one opens.
export function walk(step) {
  const all = [...document.querySelectorAll(".rows .open")].filter(isShown);
  const open = all.findIndex((row) => row.getAttribute("aria-current") === "true");
  const focused = all.findIndex((row) => row.closest(".row").contains(document.activeElement));
  if (open >= 0 && focused < 0) return all[open + step]?.click();
  const next = all[focused < 0 ? (step > 0 ? 0 : all.length - 1) : focused + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

export const openRow = () => currentRow()?.querySelector(".open")?.click();
export const tickRow = () => currentRow()?.querySelector("input[type=checkbox]")?.click();

// With no selection a key acts on the current row. `find` looks for the key's control, which is shown
// only while something is selected.
export function withRowTicked(find) {
  const box = currentRow()?.querySelector(".pick input");
  const control = find();
  if (control || !box || box.checked) return control;
  box.checked = true;
  const ofSelection = find();
  box.checked = Boolean(ofSelection);
  return ofSelection;
}
