// Keeps reply clocks going while a page is open: their texts, their colours, and the bars of their rows.

const texts = document.getElementById("clock-words")?.dataset; // the page's own, whatever panes it shows
// This machine's clock may be wrong: the server wrote its time into the page.
const ahead = texts ? Date.parse(texts.now) - Date.now() : 0;
const MINUTE = 60_000;

function span(milliseconds) {
  const all = Math.floor(milliseconds / MINUTE);
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (all < 60) return texts.minutes.replace("%d", all);
  if (hours < 6 && minutes) return texts.both.replace("%(hours)d", hours).replace("%(minutes)d", minutes);
  return hours < 48 ? texts.hours.replace("%d", hours) : texts.days.replace("%d", Math.floor(hours / 24));
}

function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function tick(pill, now) {
  const left = Date.parse(pill.dataset.due) - now;
  const time = span(Math.abs(left));
  const isSoon = now >= Date.parse(pill.dataset.soon);
  const state = left <= 0 ? "overdue" : isSoon ? "soon" : "running";
  setText(pill.querySelector("[data-left]"), left <= 0 ? texts.overdue.replace("%s", time) : time);
  setText(pill.querySelector("[data-short]"), time);
  if (pill.dataset.state === state) return;
  pill.dataset.state = state;
  pill.closest("[data-clock]")?.setAttribute("data-clock", state);
  const icon = pill.querySelector("use");
  const [file] = icon.getAttribute("href").split("#");
  icon.setAttribute("href", `${file}#${state === "overdue" ? "triangle-alert" : "clock"}`);
}

function tickAll() {
  const now = Date.now() + ahead;
  for (const pill of document.querySelectorAll("[data-due]")) tick(pill, now);
}

if (texts) {
  setInterval(tickAll, MINUTE / 4);
  document.addEventListener("visibilitychange", () => document.hidden || tickAll());
}
