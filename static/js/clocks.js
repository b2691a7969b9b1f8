// Reply clocks go on while a page is open: the words of each, its colour, and the bar of its row.

const words = document.getElementById("clock-words")?.dataset; // the page's own, whatever panes it shows
// This machine's clock may be wrong; the server's was right when it wrote the page.
const ahead = words ? Date.parse(words.now) - Date.now() : 0;
const MINUTE = 60_000;

function span(milliseconds) {
  const all = Math.floor(milliseconds / MINUTE);
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (all < 60) return words.minutes.replace("%d", all);
  if (hours < 6 && minutes) return words.both.replace("%(hours)d", hours).replace("%(minutes)d", minutes);
  return hours < 48 ? words.hours.replace("%d", hours) : words.days.replace("%d", Math.floor(hours / 24));
}

function tick(pill, now) {
  const left = Date.parse(pill.dataset.due) - now;
  const isSoon = now >= Date.parse(pill.dataset.soon);
  const state = left <= 0 ? "overdue" : isSoon ? "soon" : "running";
  const label = left <= 0 ? words.overdue.replace("%s", span(-left)) : span(left);
  const text = pill.querySelector("[data-left]");
  if (text.textContent !== label) text.textContent = label;
  const short = pill.querySelector("[data-short]");
  if (short && short.textContent !== span(Math.abs(left))) short.textContent = span(Math.abs(left));
  if (pill.dataset.state === state) return;
  pill.dataset.state = state;
  pill.closest("[data-clock]")?.setAttribute("data-clock", state);
  const icon = pill.querySelector("use");
  icon.setAttribute(
    "href",
    icon.getAttribute("href").replace(/#.*/, state === "overdue" ? "#triangle-alert" : "#clock"),
  );
}

function tickAll() {
  const now = Date.now() + ahead;
  for (const pill of document.querySelectorAll("[data-due]")) tick(pill, now);
}

if (words) {
  setInterval(tickAll, MINUTE / 4);
  document.addEventListener("visibilitychange", () => document.hidden || tickAll());
}
