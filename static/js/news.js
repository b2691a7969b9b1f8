// What others have changed, on this page: counts as they come, rows and the open conversation as the
// desk shows them. Only a visible page asks, and only for what it shows.

import { shownThread } from "./lib/conversation.js";
import { listen } from "./lib/events.js";
import { pauseAfter } from "./lib/pace.js";

const SPREAD = 500; // where many pages ask at once
const MANY = 20;
const MOST = 200;
const page = document.getElementById("live");
const list = () => document.querySelector("[data-list]");
const rowsShown = () => [...document.querySelectorAll(".rows [data-row]")].map((row) => Number(row.dataset.row));
const isVisible = () => document.visibilityState === "visible";
const numbers = { counts: {}, mine: {} };
const waiting = { rows: new Set(), thread: false };
const others = new Set(); // conversations that may have entered the list since it was loaded
let areOthersNews = false;
let askedAt = -Infinity;
let took = 0; // the last answer, in milliseconds
let timer = 0;

// -- numbers --------------------------------------------------------------------

function countOf(queue, marketplaces) {
  const known = marketplaces.map((pk) => (queue === "mine" ? numbers.mine[pk] : numbers.counts[pk]?.[queue]));
  return known.includes(undefined) ? null : known.reduce((sum, one) => sum + one, 0);
}

function showNumbers() {
  for (const number of document.querySelectorAll("[data-queue]")) {
    const count = countOf(number.dataset.queue, number.dataset.of.split(" ").filter(Boolean));
    if (count !== null && number.textContent !== String(count)) number.textContent = count;
  }
}

// -- rows and the conversation --------------------------------------------------

const sizeOfList = () => Number(document.querySelector("[aria-current] > [data-queue]")?.textContent ?? Number.NaN);

// A list that has a number has new conversations when it grows, others may when one arrives.
function hasGrown(before, arrived) {
  const now = sizeOfList();
  return Number.isNaN(now) ? arrived.length > 0 : now > before;
}

function note({ changed = [], arrived = [], present = [], many }) {
  const shown = new Set(rowsShown());
  const thread = Number(shownThread()?.dataset.thread);
  const all = many ? [...shown] : [...changed, ...arrived];
  for (const pk of all) (shown.has(pk) ? waiting.rows : others).add(pk);
  for (const pk of [...others].slice(0, -MOST)) others.delete(pk);
  if (thread && (many || all.includes(thread))) waiting.thread = true;
  if (present.includes(thread)) askWhoIsHere();
  askSoon(all.length > MANY || many);
}

function askSoon(isForMany) {
  clearTimeout(timer);
  const pause = Math.max(0, askedAt + pauseAfter(took) - performance.now());
  timer = setTimeout(ask, pause + (isForMany ? Math.random() * SPREAD : 0));
}

function ask() {
  if (!isVisible()) return;
  askedAt = performance.now();
  if (waiting.thread) htmx.trigger(document.querySelector("[data-thread-news]"), "thread-news");
  waiting.thread = false;
  const isNews = areOthersNews && document.getElementById("arrivals");
  areOthersNews = false;
  if (!list() || !(waiting.rows.size || isNews)) return;
  const url = new URL(list().dataset.list, location);
  url.searchParams.set("shown", [...waiting.rows].slice(0, MOST));
  if (document.getElementById("arrivals")) url.searchParams.set("others", [...others]);
  if (shownThread()) {
    url.searchParams.set("open", shownThread().dataset.thread);
    url.searchParams.set("compact", "1");
  }
  if (url.pathname.includes("/search/")) url.searchParams.set("view", "search");
  waiting.rows.clear();
  const measure = () => {
    took = performance.now() - askedAt;
  };
  htmx.ajax("GET", page.dataset.rows + url.search, { source: page, swap: "none" }).then(measure, measure);
}

function askWhoIsHere() {
  const form = document.querySelector("[data-presence]");
  const target = form?.getAttribute("hx-target");
  if (isVisible() && target) htmx.ajax("GET", form.action, { source: target, target, swap: "innerHTML" });
}

// A row keeps its tick and the focus.
let focused = "";
listen("htmx:oobBeforeSwap", "[data-row]", (row, { detail }) => {
  const fresh = detail.fragment.querySelector(".pick input");
  if (fresh) fresh.checked = Boolean(row.querySelector(".pick input")?.checked);
  if (row.contains(document.activeElement)) focused = row.dataset.row;
});
document.addEventListener("htmx:oobAfterSwap", () => {
  if (focused) document.querySelector(`[data-row="${focused}"] .open`)?.focus({ preventScroll: true });
  focused = "";
});
listen("htmx:afterSwap", "#inbox", () => others.clear());

const tellOwn = () => document.dispatchEvent(new CustomEvent("desk:own"));

// -- when -----------------------------------------------------------------------

document.addEventListener("desk:news", ({ detail }) => {
  Object.assign(numbers.counts, detail.counts);
  Object.assign(numbers.mine, detail.mine);
  const before = sizeOfList();
  showNumbers();
  areOthersNews ||= hasGrown(before, detail.arrived ?? []);
  note(detail);
  if (detail.trouble) htmx.trigger(document.body, "outbox");
  if (detail.changed || detail.trouble) htmx.trigger(document.body, "replies");
  if (detail.own) tellOwn();
});
document.addEventListener("desk:resync", () => {
  note({ many: true });
  tellOwn();
});
document.addEventListener("desk:seen", () => askSoon(false));
