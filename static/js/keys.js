// A control with `data-key` is pressed by that key, or by two in a row ("g i"). The palette lists it.

import { SequenceTracker } from "../vendor/hotkey.js";
import { leaveText } from "./focus.js";
import { isComposing, isShown, isTyping, openMenu, press } from "./lib/elements.js";
import { listen, onLoad } from "./lib/events.js";
import { trimSpace } from "./lib/text.js";
import { openPalette } from "./palette.js";
import { arrival } from "./panes.js";
import { openRow, tickRow, walk, withRowTicked } from "./rows.js";
import { lastUndo } from "./undo.js";

const isOff = () => document.documentElement.dataset.shortcuts === "off";
// An unknown key begins a word: what follows it is no command either.
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
  // The last Undo may not be the first on the page.
  return control && key !== "z" ? () => press(control) : ALWAYS[key];
}

function onKey(event) {
  // On the way to a conversation a key is meant for that one.
  if (arrival() && !"jk".includes(event.key)) {
    event.preventDefault();
    return arrival().then(() => isTyping(document.activeElement) || onKey(event));
  }
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
  if (isOff() || isCommand || event.altKey || event.defaultPrevented || isComposing(event)) return;
  if (document.querySelector("dialog[open]") || openMenu()) return;
  if (event.key === "Escape" && isTyping(document.activeElement)) return leaveText();
  if (isTyping(event.target)) return;
  const isText = event.key.length === 1 || event.key === "Enter";
  if (isText && event.timeStamp < deafUntil) {
    event.preventDefault();
    deafUntil = event.timeStamp + DEAF_FOR;
  } else if (event.key.length === 1 && event.key !== " " && (!event.repeat || "jk".includes(event.key))) onKey(event);
});

// Shows the key on hover, and tells it to screen readers.
onLoad("[data-key]:not([aria-keyshortcuts])", (element) => {
  element.setAttribute("aria-keyshortcuts", element.dataset.key);
  const name = element.title || element.ariaLabel || trimSpace(element.textContent);
  if (!isOff() && name) element.title = `${name} (${element.dataset.key})`;
});

listen("click", "[data-open-shortcuts]", ALWAYS["?"]);
// A click beside a dialog closes it.
listen("click", "dialog", (dialog, { target }) => target === dialog && dialog.close());
