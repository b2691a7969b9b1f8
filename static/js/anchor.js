// Where the messages open, and that the last stays in sight when its room shrinks: for a phone's
// keyboard, for a growing draft.

import { onLoad } from "./lib/events.js";

const NEAR = 48;

// At the first unread message, or at the end; again once fonts and pictures have their size.
onLoad("[data-open-at-unread]", (scroller) => {
  const open = () => {
    if (location.hash) return;
    const unread = scroller.querySelector("[data-first-unread]");
    if (unread) unread.scrollIntoView({ block: "start" });
    else scroller.scrollTop = scroller.scrollHeight;
  };
  open();
  document.fonts.ready.then(open);
  if (document.readyState !== "complete") addEventListener("load", open, { once: true });
});

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
