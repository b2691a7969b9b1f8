// Keeps the last message in sight when its room shrinks: for a phone's keyboard, for a growing draft.

import { onLoad } from "./lib/events.js";

const NEAR = 48;

onLoad("[data-open-at-unread]", (area) => {
  let height = area.clientHeight;
  let wasAtEnd = false;
  // By the height at the time of scrolling, not the present one.
  const noteEnd = () => {
    wasAtEnd = area.scrollHeight - area.scrollTop - height < NEAR;
  };
  const room = new ResizeObserver(() => {
    if (height && wasAtEnd) area.scrollTop = area.scrollHeight;
    height = area.clientHeight;
  });
  noteEnd();
  room.observe(area);
  area.addEventListener("scroll", noteEnd, { passive: true });
});
