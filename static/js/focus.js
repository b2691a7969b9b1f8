// The focus is where one works, never on nothing: after sending in the box, after going on at the
// messages, so that arrows and keys go on from there.

import { isShown } from "./lib/elements.js";

const isLost = () => !document.activeElement || document.activeElement === document.body;
const isFree = () => isLost() || document.activeElement.matches("[data-rest]");
const boxIn = (root) => [...root.querySelectorAll("textarea")].find(isShown);

export const rest = () =>
  (document.querySelector("[data-rest]") ?? document.getElementById("main"))?.focus({ preventScroll: true });

// Behind what has come back; before a signature.
function write(box) {
  box.focus();
  const end = box.value.startsWith("\n\n") ? 0 : box.value.length;
  box.setSelectionRange(end, end);
}

function arrive() {
  if (!isFree()) return;
  const place = document.getElementById(location.hash.slice(1));
  const box = place?.closest(".writing") && boxIn(place);
  if (box) write(box);
  else if (document.querySelector("[data-rest]")) rest();
}
arrive();
// A browser that goes to a place named in the address takes the focus away once more.
addEventListener("load", arrive, { once: true });

document.addEventListener("htmx:load", (event) => {
  const box = event.target.matches?.(".writing form") && isFree() && boxIn(event.target);
  if (box) write(box);
});
document.addEventListener("htmx:afterSettle", () => isLost() && document.querySelector("[data-rest]") && rest());

// Left, not lost.
export function leaveText() {
  document.activeElement.blur();
  rest();
}
