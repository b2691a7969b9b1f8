// Keeps the focus where one works: after sending in the box, after going on at the messages, so that
// arrows and keys go on from there.

import { isShown, placeCaret } from "./lib/elements.js";
import { listen } from "./lib/events.js";

const messages = () => document.querySelector("[data-rest]");
const isLost = () => !document.activeElement || document.activeElement === document.body;
const isFree = () => isLost() || document.activeElement === messages();
const boxIn = (root) => [...root.querySelectorAll("textarea")].find(isShown);

export const rest = () => (messages() ?? document.getElementById("main"))?.focus({ preventScroll: true });

export function leaveText() {
  document.activeElement.blur();
  rest();
}

function write(box) {
  box.focus();
  placeCaret(box);
}

function arrive() {
  if (!isFree()) return;
  const place = document.getElementById(location.hash.slice(1));
  const box = place?.closest(".writing") && boxIn(place);
  if (box) write(box);
  else if (messages()) rest();
}
arrive();
// A browser that goes to a place named in the address takes the focus away once more.
addEventListener("load", arrive, { once: true });

listen("htmx:load", ".writing form", (form, { target }) => {
  const box = target === form && isFree() && boxIn(form);
  if (box) write(box);
});
document.addEventListener("htmx:afterSettle", () => isLost() && messages() && rest());
