// Closes a question in a conversation's head: by its button or by Escape.

import { listen } from "./lib/events.js";

function leave(question) {
  question.remove();
  document.getElementById("triage-status")?.focus();
}

listen("click", "[data-leave]", (button, event) => {
  event.preventDefault();
  leave(button.closest(".refusal"));
});

// Captured: an open menu in the question closes first.
const leaveByKey = (question, { key }) =>
  key === "Escape" && !question.querySelector("details[open]") && leave(question);
listen("keydown", ".refusal:has([data-leave])", leaveByKey, { capture: true });
