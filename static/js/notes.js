// Switches between reply and note, and completes colleagues' names after an @.

import { composerBody } from "./lib/conversation.js";
import { listen, onLoad } from "./lib/events.js";
import { matches } from "./lib/text.js";

listen("click", "[data-mode-choice]", (choice, event) => {
  if (event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  const writing = choice.closest(".writing");
  writing.dataset.mode = choice.dataset.modeChoice;
  for (const one of writing.querySelectorAll("[data-mode-choice]")) one.ariaCurrent = one === choice ? "true" : null;
  const isNote = writing.dataset.mode === "note";
  (isNote ? writing.querySelector("[data-note-body]") : composerBody())?.focus();
});

// -- mentions -----------------------------------------------------------------

// Only where a note can be written: a first visit does not wait for it. A name that was begun before
// it has come is completed too.
onLoad("text-expander", async (expander) => {
  await import("../vendor/text-expander.js");
  const box = document.activeElement;
  if (expander.contains(box)) box.dispatchEvent(new Event("input", { bubbles: true }));
});

// The element's events do not bubble.
const CAPTURED = { capture: true };

function offer(expander, { detail }) {
  const list = expander.querySelector("template").content.firstElementChild.cloneNode(true);
  for (const option of [...list.children]) if (!matches(option.textContent, detail.text)) option.remove();
  detail.provide({ matched: list.childElementCount > 0, fragment: list });
}
listen("text-expander-change", "text-expander", offer, CAPTURED);

function insert(_expander, { detail }) {
  detail.value = detail.item.dataset.name;
}
listen("text-expander-value", "text-expander", insert, CAPTURED);

const save = (_expander, { detail }) => detail.input.dispatchEvent(new Event("input", { bubbles: true }));
listen("text-expander-committed", "text-expander", save, CAPTURED);
