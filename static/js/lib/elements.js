// Questions asked of elements.

const TYPED_IN = "input:not([type=checkbox], [type=radio], [type=file]), textarea, select, [contenteditable]";

export const isShown = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? true;
export const isTyping = (element) => Boolean(element.closest?.(TYPED_IN));
// Half a character of an input method is no key.
export const isComposing = (event) => event.isComposing || event.keyCode === 229;
export const openMenu = () => document.querySelector("details[data-menu][open]");

export function showPart(root, name) {
  for (const part of root.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== name;
}

// A control is pressed, a box to type in gets the caret.
export function press(element) {
  if (isTyping(element) || element.matches("[tabindex='-1']")) element.focus();
  else element.click();
  element.scrollIntoView?.({ block: "nearest" });
}
