// Says now and then that this page is open, and whether somebody writes on it.

const EVERY = 20_000;
const WRITES_FOR = 60_000;
const form = () => document.querySelector("[data-presence]");
let wroteAt = -Infinity;
let said = "viewing";
let isLeaving = false;

function state() {
  if (document.visibilityState === "hidden") return "away";
  return performance.now() - wroteAt < WRITES_FOR ? "writing" : "viewing";
}

function beat() {
  // A page that goes is hidden after it has said goodbye.
  if (isLeaving || !form()) return;
  said = state();
  form().elements.state.value = said;
  htmx.trigger(form(), "presence-beat");
}

function leave() {
  if (!form()) return;
  isLeaving = true;
  const fields = new FormData(form());
  fields.set("state", "gone");
  navigator.sendBeacon(form().action, fields);
}

setInterval(beat, EVERY);
document.addEventListener("visibilitychange", beat);
document.addEventListener("input", (event) => {
  if (!event.target.closest(".writing")) return;
  wroteAt = performance.now();
  if (said !== "writing") beat();
});
// Sent: whoever has, reads on.
document.addEventListener("htmx:load", (event) => {
  if (!event.target.matches?.(".writing form")) return;
  wroteAt = -Infinity;
  if (said === "writing") beat();
});
addEventListener("pagehide", leave);
addEventListener("pageshow", () => {
  if (!isLeaving) return;
  isLeaving = false;
  beat();
});
