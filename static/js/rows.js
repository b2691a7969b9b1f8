// Rows of a list, and the current one: the one that has the focus.

import { isShown } from "./lib/elements.js";

const currentRow = () => document.activeElement.closest(".row");
const links = () => [...document.querySelectorAll(".rows .open")].filter(isShown);
const isOpen = (link) => link.ariaCurrent === "true";
let lastStep = 1;

// The conversation that the last key would open next.
export function neighbour() {
  const all = links();
  return all[all.findIndex(isOpen) + lastStep];
}

// The row below the open conversation.
export function rowBelow() {
  const all = links();
  const open = all.findIndex(isOpen);
  return open < 0 ? undefined : all[open + 1]?.closest("[data-row]");
}

// On a list the focus moves; beside a thread the next one opens.
export function walk(step) {
  lastStep = step;
  const all = links();
  const open = all.findIndex(isOpen);
  const focused = all.findIndex((row) => row.closest(".row").contains(document.activeElement));
  if (open >= 0 && (focused < 0 || focused === open)) return all[open + step]?.click();
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
