// Tells the desk from time to time that this page is open, and whether its user is writing.

import { listen } from "./lib/events.js";

const EVERY = 20_000;
const WRITES_FOR = 60_000;
const presence = () => document.querySelector("[data-presence]");
let wroteAt = -Infinity;
let sent = "viewing";
let isLeaving = false;

function state() {
  if (document.visibilityState === "hidden") return "away";
  return performance.now() - wroteAt < WRITES_FOR ? "writing" : "viewing";
}

function beat() {
  // A page that goes is hidden after it has sent "gone".
  if (isLeaving || !presence()) return;
  sent = state();
  presence().elements.state.value = sent;
  htmx.trigger(presence(), "presence-beat");
}

setInterval(beat, EVERY);
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
