// What was said last stays in sight while its room shrinks: a phone's keyboard comes up, a draft grows.

const NEAR = 48;
const scroller = () => document.querySelector("[data-open-at-unread]");
let height = 0;
let wasAtEnd = false;

// By the height it had when it was scrolled, which is not the one it has by now.
function noteEnd(area) {
  wasAtEnd = area.scrollHeight - area.scrollTop - height < NEAR;
}

const room = new ResizeObserver(([{ target }]) => {
  if (height && wasAtEnd) target.scrollTop = target.scrollHeight;
  height = target.clientHeight;
});

function watch() {
  const area = scroller();
  if (!area || area.dataset.watched) return;
  area.dataset.watched = "";
  height = area.clientHeight;
  noteEnd(area);
  room.disconnect();
  room.observe(area);
  area.addEventListener("scroll", () => noteEnd(area), { passive: true });
}

watch();
document.addEventListener("htmx:load", watch);
