// The composer: who reads it, how long it is. Its files are in files.js and uploads.js.

import { within } from "./lib/conversation.js";

// The button names the recipient, so that nothing goes to the wrong one unseen.
function nameRecipients(form) {
  const button = form.querySelector("[data-send]");
  const boxes = [...form.querySelectorAll("[name=to]:checked")];
  // Held back once: the same button says what it does now.
  const { labels, anyway } = button.dataset;
  const words = form.querySelector("[name=meant]") ? anyway : labels;
  // Where there is a choice: any other form says all along who reads it.
  const label = boxes.length && words && JSON.parse(words)[boxes.map((box) => box.value).join(" ")];
  if (label) form.querySelector("[data-send-label]").textContent = label;
}

// As it travels: escaped, line ends as <br />.
function lengthOnTheWire(text) {
  const extra = { "&": 4, "<": 3, ">": 3, "\n": 5 };
  return [...text.trim()].reduce((sum, letter) => sum + 1 + (extra[letter] ?? 0), 0);
}

function countLetters(form) {
  const counter = form.querySelector("[data-count]");
  const longest = Number(counter.dataset.longest);
  const length = lengthOnTheWire(form.querySelector("[data-body]").value);
  counter.hidden = length < longest * 0.9;
  counter.textContent = `${length.toLocaleString()} / ${longest.toLocaleString()}`;
  counter.toggleAttribute("data-over", length > longest);
}

function prepare(form) {
  nameRecipients(form);
  countLetters(form);
  // One goes on behind what is there, and begins before one's signature.
  const body = form.querySelector("[data-body]");
  const at = body.value.startsWith("\n\n") ? 0 : body.value.length;
  body.setSelectionRange(at, at);
}

// What was warned of is read, or no longer what is sent.
function dropWarning(form) {
  form.querySelector(".warned")?.remove();
  nameRecipients(form);
}

const composerOf = (event) => event.target.closest?.("[data-composer]");

document.addEventListener("input", (event) => {
  const form = composerOf(event);
  if (!form || !event.target.matches("[data-body]")) return;
  countLetters(form);
  dropWarning(form);
});

document.addEventListener("change", (event) => {
  const form = composerOf(event);
  if (!form || event.target.name !== "to") return;
  dropWarning(form);
});

document.addEventListener("keydown", (event) => {
  const form = composerOf(event);
  if (form && event.key === "Enter" && !event.repeat && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    if (form.querySelector("[data-send]").disabled) return;
    const closing = event.shiftKey && form.querySelector("[data-send-and-close]");
    // htmx sends the name of a button that was pressed, not of one that submitted.
    (closing || form.querySelector("[data-send]")).click();
  }
});

// Mended instead of sent.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-change]")) return;
  const form = composerOf(event);
  dropWarning(form);
  form.querySelector("[data-body]").focus();
});

document.addEventListener("htmx:load", (event) => {
  within(event.target, "[data-composer]").forEach(prepare);
  if (event.target.matches?.("[data-composer] .problems")) nameRecipients(event.target.closest("form"));
});

document.querySelectorAll("[data-composer]").forEach(prepare);
