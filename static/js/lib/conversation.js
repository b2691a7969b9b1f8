// The parts of the conversation on the page. Looked up each time: panes change.

export const shownThread = () => document.querySelector("article[data-thread]");
export const composer = () => document.querySelector("form[data-composer]");
export const composerBody = () => composer()?.querySelector("[data-body]");
