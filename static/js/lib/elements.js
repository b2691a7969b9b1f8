// What elements are, and what is done to them.

const TYPED_IN = "input:not([type=checkbox], [type=radio], [type=file]), textarea, select, [contenteditable]";

export const isShown = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? true;
export const isTyping = (element) => Boolean(element.closest?.(TYPED_IN));
// Keys of an input method that composes a character.
export const isComposing = (event) => event.isComposing || event.keyCode === 229;
export const openMenu = () => document.querySelector("details[data-menu][open]");

export const build = (tag, properties) => Object.assign(document.createElement(tag), properties);

export function showPart(root, name) {
  for (const part of root.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== name;
}

// After the text, or before a signature.
export function placeCaret(box) {
  const at = box.value.startsWith("\n\n") ? 0 : box.value.length;
  box.setSelectionRange(at, at);
}

// A control is pressed, a box to type in gets the caret.
export function press(element) {
  if (isTyping(element) || element.matches("[tabindex='-1']")) element.focus();
  else element.click();
  element.scrollIntoView?.({ block: "nearest" });
}
