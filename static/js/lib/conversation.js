// What is shown at this moment. Looked up each time: panes change.

export const shownThread = () => document.querySelector("article[data-thread]");
export const composer = () => document.querySelector("form[data-composer]");
export const composerBody = () => composer()?.querySelector("[data-body]");

// Elements of a kind in a piece of page that has come, itself included.
export const within = (root, selector) => [
  ...(root.matches?.(selector) ? [root] : []),
  ...(root.querySelectorAll?.(selector) ?? []),
];
