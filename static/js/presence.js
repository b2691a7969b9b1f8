// Tells the desk that this page is open, and whether its user is writing: over the live channel when
// that changes, else with each heartbeat.

import { shownThread } from "./lib/conversation.js";
import { listen } from "./lib/events.js";
import { isLive, showHere } from "./live.js";

const EVERY = 20_000;
const WRITES_FOR = 60_000;
const presence = () => document.querySelector("[data-presence]");
let wroteAt = -Infinity;
let sent = "viewing";
let isLeaving = false;
let isShownLive = false; // its end is the end of the line

function state() {
  if (document.visibilityState === "hidden") return "away";
  return performance.now() - wroteAt < WRITES_FOR ? "writing" : "viewing";
}

function beat() {
  // A page that goes is hidden after it has sent "gone".
  if (isLeaving || !presence()) return;
  sent = state();
  isShownLive = isLive();
  if (isShownLive) return showHere(Number(shownThread().dataset.thread), sent);
  presence().elements.state.value = sent;
  htmx.trigger(presence(), "presence-beat");
}

// Who has stopped typing is reading.
setInterval(() => isLive() && beat(), EVERY);
for (const name of ["desk:live", "desk:heartbeat"]) document.addEventListener(name, beat);
listen("htmx:load", "article[data-thread]", (article, { target }) => article === target && isLive() && beat());
document.addEventListener("visibilitychange", beat);
listen("input", ".writing", () => {
  wroteAt = performance.now();
  if (sent !== "writing") beat();
});
// The message was sent: its author reads on.
listen("htmx:load", ".writing form", (form, { target }) => {
  if (target !== form) return;
  wroteAt = -Infinity;
  if (sent === "writing") beat();
});

function sayGone(form) {
  if (isShownLive) return;
  const fields = new FormData(form);
  fields.set("state", "gone");
  navigator.sendBeacon(form.action, fields);
}
listen("htmx:beforeCleanupElement", "[data-presence]", (form, { target }) => target === form && sayGone(form));
addEventListener("pagehide", () => {
  if (!presence()) return;
  isLeaving = true;
  sayGone(presence());
});
addEventListener("pageshow", () => {
  if (!isLeaving) return;
  isLeaving = false;
  beat();
});
