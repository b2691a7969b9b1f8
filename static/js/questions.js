// Closes a question in a conversation's head: by its button or by Escape. `data-leave` is the id of
// the button that has the focus afterwards.

import { listen } from "./lib/events.js";

function leave(question) {
  const { leave: next } = question.querySelector("[data-leave]").dataset;
  question.remove();
  document.getElementById(next)?.focus();
}

listen("click", "[data-leave]", (button, event) => {
  event.preventDefault();
  leave(button.closest(".refusal"));
});

// Captured: an open menu in the question closes first.
const leaveByKey = (question, { key }) =>
  key === "Escape" && !question.querySelector("details[open]") && leave(question);
listen("keydown", ".refusal:has([data-leave])", leaveByKey, { capture: true });
