// The answer of a marketplace that was late takes the place of what the desk had. Whoever reads stays
// where they are, and nothing that they have opened, written or sent goes: then it waits to be asked for.

import { showPart } from "./lib/elements.js";

const WORK = "textarea, details[open]";
const FOCUSABLE = "a[href], button, summary";
let isArriving = false;
const isTimeline = (target) => target.matches?.("[data-rest] .timeline");
const bubblesIn = (root) => [...root.querySelectorAll(".bubble[id]")];

function isSelectedIn(timeline) {
  const selection = getSelection();
  return !selection.isCollapsed && timeline.contains(selection.anchorNode);
}

function isHeld(timeline, html) {
  const vanishes = bubblesIn(timeline).some((bubble) => !html.includes(`id="${bubble.id}"`));
  return vanishes || Boolean(timeline.querySelector(WORK)) || isSelectedIn(timeline);
}

// What stands at the top of what is in sight, and where; the end, where that is in sight.
function placeIn(timeline) {
  const area = timeline.closest(".scroll");
  if (area.scrollHeight - area.scrollTop - area.clientHeight < 2) return null;
  const { top } = area.getBoundingClientRect();
  const bubble = bubblesIn(timeline).find((one) => one.getBoundingClientRect().bottom > top);
  return bubble && { id: bubble.id, top: bubble.getBoundingClientRect().top };
}

function focusIn(timeline) {
  const bubble = document.activeElement.closest(".bubble[id]");
  if (!bubble || !timeline.contains(bubble)) return null;
  return { id: bubble.id, index: [...bubble.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement) };
}

function comeBack(area, place, focus) {
  const bubble = place && document.getElementById(place.id);
  area.scrollTop = bubble ? area.scrollTop + bubble.getBoundingClientRect().top - place.top : area.scrollHeight;
  if (focus)
    document.getElementById(focus.id)?.querySelectorAll(FOCUSABLE)[focus.index]?.focus({ preventScroll: true });
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, shouldSwap, serverResponse } = event.detail;
  if (!shouldSwap || !isTimeline(target)) return;
  if (isHeld(target, serverResponse)) {
    event.detail.shouldSwap = false;
    showPart(requestConfig.elt, "here");
    return;
  }
  const area = target.closest(".scroll"),
    place = placeIn(target),
    focus = focusIn(target);
  isArriving = true;
  const arrived = () => {
    isArriving = false;
    comeBack(area, place, focus);
  };
  document.addEventListener("htmx:afterSwap", arrived, { once: true });
});

// A menu that is open, or in which somebody types, stays as it is.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target } = event.detail;
  if (!isArriving || !target.matches(".thread-head")) return;
  const isInUse = target.querySelector("details[open]") || target.contains(document.activeElement);
  if (isInUse) event.detail.shouldSwap = false;
});
