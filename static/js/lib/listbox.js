// A box to type in and a list of options under it: arrows, Enter, and what is chosen.

import Combobox from "../../vendor/combobox-nav.js";

const started = new WeakMap();

// Begins where it has not begun; the first option is chosen.
export function startListbox(input, list) {
  if (!started.has(input)) {
    started.set(
      input,
      new Combobox(input, list, { tabInsertsSuggestions: false, firstOptionSelectionMode: "selected" }),
    );
    started.get(input).start();
  }
  started.get(input).resetSelection();
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
