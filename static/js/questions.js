// A question in a conversation's head goes away where nothing is to change; Escape says so too.

function leave(question) {
  question.remove();
  document.getElementById("triage-status")?.focus();
}

document.addEventListener("click", (event) => {
  const answer = event.target.closest("[data-leave]");
  if (!answer) return;
  event.preventDefault();
  leave(answer.closest(".refusal"));
});

// Before an open menu hears of it: that one closes first.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape") return;
    const question = event.target.closest?.(".refusal");
    if (question?.querySelector("[data-leave]") && !question.querySelector("details[open]")) leave(question);
  },
  true,
);
