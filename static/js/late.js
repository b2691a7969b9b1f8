// Shows the late answer of a marketplace in place of the desk's own copy. The reader's place and focus
// stay. Where it would remove what the reader has opened, written or sent, a button offers it.

import { showPart } from "./lib/elements.js";
import { listen } from "./lib/events.js";

const WORK = "textarea, details[open]";
const FOCUSABLE = "a[href], button, summary";
let isArriving = false;
const bubblesIn = (root) => [...root.querySelectorAll(".bubble[id]")];

function isHeld(timeline, html) {
  const selection = getSelection();
  const isSelected = !selection.isCollapsed && timeline.contains(selection.anchorNode);
  const vanishes = bubblesIn(timeline).some((bubble) => !html.includes(`id="${bubble.id}"`));
  return isSelected || vanishes || Boolean(timeline.querySelector(WORK));
}

// The first bubble in sight and where it stands, or nothing at the end of the timeline.
function placeIn(area) {
  if (area.scrollTop > -2) return null;
  const { top } = area.getBoundingClientRect();
  const bubble = bubblesIn(area).find((one) => one.getBoundingClientRect().bottom > top);
  return bubble && { id: bubble.id, top: bubble.getBoundingClientRect().top };
}

function focusIn(timeline) {
  const bubble = document.activeElement.closest(".bubble[id]");
  if (!timeline.contains(bubble)) return null;
  return bubble && { id: bubble.id, index: [...bubble.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement) };
}

function restore(area, place, focus) {
  const bubble = place && document.getElementById(place.id);
  area.scrollTop = bubble ? area.scrollTop + bubble.getBoundingClientRect().top - place.top : 0;
  const controls = focus && document.getElementById(focus.id)?.querySelectorAll(FOCUSABLE);
  controls?.[focus.index]?.focus({ preventScroll: true });
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target, requestConfig, shouldSwap, serverResponse } = detail;
  if (!shouldSwap || !target.matches?.("[data-rest] .timeline")) return;
  if (isHeld(target, serverResponse)) {
    detail.shouldSwap = false;
    showPart(requestConfig.elt, "here");
    return;
  }
  const area = target.closest(".scroll");
  const [place, focus] = [placeIn(area), focusIn(target)];
  const arrive = () => {
    isArriving = false;
    restore(area, place, focus);
  };
  isArriving = true;
  document.addEventListener("htmx:afterSwap", arrive, { once: true });
});

// A menu in use stays as it is, and so does what a decision will be answered in.
listen("htmx:oobBeforeSwap", ".thread-head", (head, { detail }) => {
  const isInUse = head.querySelector("details[open], .htmx-request") || head.contains(document.activeElement);
  if (isArriving && isInUse) detail.shouldSwap = false;
});
