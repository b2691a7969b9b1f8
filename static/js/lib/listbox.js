// A box to type in and a list of options under it: arrows, Enter, and what is chosen.

import Combobox from "../../vendor/combobox-nav.js";

const OPTIONS = { tabInsertsSuggestions: false, firstOptionSelectionMode: "selected" };
const started = new WeakMap();

// Begins where it has not begun; the first option is chosen.
export function startListbox(input, list) {
  if (started.has(input)) return started.get(input).resetSelection();
  started.set(input, new Combobox(input, list, OPTIONS));
  started.get(input).start();
}

export function stopListbox(input) {
  started.get(input)?.stop();
  started.delete(input);
}

export const chosenOption = (list) => list.querySelector("[aria-selected='true']");

// As by an arrow, but by the pointer.
export function chooseOption(list, option) {
  if (option === chosenOption(list)) return;
  chosenOption(list)?.removeAttribute("aria-selected");
  option.setAttribute("aria-selected", "true");
  option.dispatchEvent(new Event("combobox-select", { bubbles: true }));
}
