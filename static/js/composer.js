// The composer: its recipients, and the length of its text. Its files are in files.js.

import { placeCaret } from "./lib/elements.js";
import { listen, onLoad } from "./lib/events.js";
import { sentLength } from "./lib/text.js";

const FORM = "[data-composer]";

// The button names the recipients where there is a choice.
function nameRecipients(form) {
  const button = form.querySelector("[data-send]");
  const boxes = [...form.querySelectorAll("[name=to]:checked")];
  const { labels, anyway } = button.dataset;
  const texts = form.querySelector("[name=meant]") ? anyway : labels;
  const label = boxes.length && texts && JSON.parse(texts)[boxes.map((box) => box.value).join(" ")];
  if (label) form.querySelector("[data-send-label]").textContent = label;
}

function countCharacters(form) {
  const counter = form.querySelector("[data-count]");
  const longest = Number(counter.dataset.longest);
  const length = sentLength(form.querySelector("[data-body]").value);
  counter.hidden = length < longest * 0.9;
  counter.textContent = `${length.toLocaleString()} / ${longest.toLocaleString()}`;
  counter.toggleAttribute("data-over", length > longest);
}

// After a change the warning is out of date.
function dropWarning(form) {
  form.querySelector(".warned")?.remove();
  nameRecipients(form);
}

onLoad(FORM, (form) => {
  nameRecipients(form);
  countCharacters(form);
  placeCaret(form.querySelector("[data-body]"));
});
onLoad(`${FORM} .problems`, (problems) => nameRecipients(problems.closest("form")));

listen("input", `${FORM} [data-body]`, ({ form }) => {
  countCharacters(form);
  dropWarning(form);
});
listen("change", `${FORM} [name=to]`, ({ form }) => dropWarning(form));
listen("click", `${FORM} [data-change]`, (button) => {
  const form = button.closest(FORM);
  dropWarning(form);
  form.querySelector("[data-body]").focus();
});

// Also notes. htmx sends the name of a button that was pressed, not of one that submitted.
listen("keydown", `${FORM}, [data-note-composer]`, (form, event) => {
  if (event.key !== "Enter" || event.repeat || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  const send = form.querySelector(".primary");
  const button = (event.shiftKey && form.querySelector("[data-send-and-close]")) || send;
  if (!send.disabled) button.click();
});
