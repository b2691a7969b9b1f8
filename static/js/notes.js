// Switches between reply and note, and completes colleagues' names after an @.

import "../vendor/text-expander.js";
import { composerBody } from "./lib/conversation.js";
import { matches } from "./lib/text.js";

function switchTo(writing, mode) {
  writing.dataset.mode = mode;
  for (const choice of writing.querySelectorAll("[data-mode-choice]")) {
    if (choice.dataset.modeChoice === mode) choice.setAttribute("aria-current", "true");
    else choice.removeAttribute("aria-current");
  }
  const box = mode === "note" ? writing.querySelector("[data-note-body]") : composerBody();
  box?.focus();
}

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-mode-choice]");
  if (!choice || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  switchTo(choice.closest(".writing"), choice.dataset.modeChoice);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-note-composer]");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  const button = form.querySelector(".primary");
  if (!button.disabled) form.requestSubmit(button);
});

// -- mentions -----------------------------------------------------------------

// These events do not bubble.
document.addEventListener(
  "text-expander-change",
  ({ target, detail }) => {
    const list = target.querySelector("template").content.firstElementChild.cloneNode(true);
    for (const option of [...list.children]) if (!matches(option.textContent, detail.text)) option.remove();
    detail.provide({ matched: list.childElementCount > 0, fragment: list });
  },
  true,
);

document.addEventListener(
  "text-expander-value",
  ({ detail }) => {
    detail.value = detail.item.dataset.name;
  },
  true,
);

document.addEventListener(
  "text-expander-committed",
  ({ detail }) => detail.input.dispatchEvent(new Event("input", { bubbles: true })),
  true,
);
