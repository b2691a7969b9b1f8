// Single keys for everything: a control with `data-key` is pressed by that key, "g i" being two in a
// row, and stands in the palette under its own name.

import { SequenceTracker } from "../vendor/hotkey.js";
import { leaveText } from "./focus.js";
import { isComposing, isShown, isTyping, openMenu, press } from "./lib/elements.js";
import { openPalette } from "./palette.js";
import { openRow, tickRow, walk, withRowTicked } from "./rows.js";
import { lastUndo } from "./undo.js";

const off = () => document.documentElement.dataset.shortcuts === "off";
// A key that means nothing is the first of a word: what follows it is no command either.
const DEAF_FOR = 600;
let deafUntil = 0;
const pressed = new SequenceTracker();
const sequence = () => pressed.sequence.replaceAll("Shift+", "");

const withKey = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(isShown);
const begins = (key) => document.querySelector(`[data-key^="${CSS.escape(key)} "]`);

const ALWAYS = {
  j: () => walk(1),
  k: () => walk(-1),
  o: openRow,
  x: tickRow,
  z: () => lastUndo()?.click(),
  "/": () => openPalette({ isSearch: true }),
  "?": () => document.getElementById("shortcuts").showModal(),
};

function actionOf(key) {
  const control = ALWAYS[key] ? withKey(key) : withRowTicked(() => withKey(key));
  // The Undo that was offered last may not be the first on the page.
  return control && key !== "z" ? () => press(control) : ALWAYS[key];
}

function onKey(event) {
  pressed.registerKeypress(event);
  const action = actionOf(sequence());
  if (action || !begins(sequence())) pressed.reset();
  if (action) {
    event.preventDefault();
    action();
  } else if (!pressed.path.length) deafUntil = event.timeStamp + DEAF_FOR;
}

document.addEventListener("keydown", (event) => {
  const isCommand = event.metaKey || event.ctrlKey;
  if (isCommand && event.key.toLowerCase() === "k" && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    return openPalette();
  }
  if (off() || isCommand || event.altKey || event.defaultPrevented || isComposing(event)) return;
  if (document.querySelector("dialog[open]") || openMenu()) return;
  if (event.key === "Escape" && isTyping(document.activeElement)) return leaveText();
  if (isTyping(event.target)) return;
  const isText = event.key.length === 1 || event.key === "Enter";
  if (isText && event.timeStamp < deafUntil) {
    event.preventDefault();
    deafUntil = event.timeStamp + DEAF_FOR;
  } else if (event.key.length === 1 && event.key !== " " && (!event.repeat || "jk".includes(event.key))) onKey(event);
});

// The key is told where its control is: to the eye on hover, and to screen readers.
function tell(root) {
  for (const element of root.querySelectorAll("[data-key]:not([aria-keyshortcuts])")) {
    element.setAttribute("aria-keyshortcuts", element.dataset.key);
    const name = element.title || element.getAttribute("aria-label") || element.textContent.trim();
    if (!off() && name) element.title = `${name} (${element.dataset.key})`;
  }
}
tell(document);
document.addEventListener("htmx:afterSettle", () => tell(document));

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (opener) document.getElementById(opener.dataset.openDialog).showModal();
  // A click beside a dialog closes it.
  if (event.target.matches("dialog")) event.target.close();
});
