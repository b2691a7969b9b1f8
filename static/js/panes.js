// Going to another conversation of the list beside: its panes take the place of those on the page.
// They show the desk's own copy and are fetched ahead where the hand rests. Once they are shown, they
// ask for the marketplace's answer themselves.

import { rest } from "./focus.js";
import { shownThread } from "./lib/conversation.js";
import { isShown } from "./lib/elements.js";
import { listen, onLoad } from "./lib/events.js";
import { neighbour, rowBelow } from "./rows.js";

const HELD_FOR = 80; // milliseconds: a key that is held comes again within them
const RESTS_AFTER = 80;
const NEXT_AFTER = 300;
const AHEAD_FOR = 20_000;
const LINK = ".list .open";
const placeOf = ({ pathname, search }) => pathname + search;
let shown = placeOf(location);
let ahead = {}; // the panes that were asked for last
let way = null; // to a conversation that is not shown yet
let isHeld = false; // the key pressed last
let resting;

function linkTo(address) {
  const { pathname } = new URL(address, location);
  return [...document.querySelectorAll(LINK)].find((link) => link.pathname === pathname && isShown(link));
}

export const arrival = () => way?.arrives;

async function ask(address, left) {
  const url = new URL(address, location);
  if (left) url.searchParams.set("left", left);
  const answer = await fetch(`${url.pathname}panes/${url.search}`, { headers: { "HX-Request": "true" } });
  return answer.ok && !answer.headers.has("HX-Redirect") ? answer.text() : "";
}

function fetchAhead(address) {
  if (ahead.address !== address || ahead.until < performance.now())
    ahead = { address, until: performance.now() + AHEAD_FOR, panes: ask(address).catch(() => "") };
  return ahead.panes;
}

function drop() {
  ahead = {};
  clearTimeout(resting);
}

function fetchSoon(link, after) {
  clearTimeout(resting);
  if (link?.matches(LINK) && !link.ariaCurrent) resting = setTimeout(() => way ?? fetchAhead(link.href), after);
}

function mark(link) {
  for (const one of document.querySelectorAll(`${LINK}[aria-current]`)) one.removeAttribute("aria-current");
  link?.setAttribute("aria-current", "true");
  link?.scrollIntoView({ block: "nearest" });
}

// `left` is the conversation that its user is done with.
export function goTo(address, { left, isBack = false } = {}) {
  mark(linkTo(address));
  shownThread().ariaBusy = "true";
  way = { address, left, isBack };
  way.arrives = arrive(way);
}

async function arrive(mine) {
  if (isHeld) await new Promise((done) => setTimeout(done, HELD_FOR));
  if (way !== mine) return;
  const panes = await (mine.left ? ask(mine.address, mine.left).catch(() => "") : fetchAhead(mine.address));
  if (way !== mine) return;
  // Keys wait until the page has gone.
  if (!panes) return new Promise(() => location.assign(mine.address));
  show(mine, panes);
}

function show({ address, isBack }, panes) {
  way = null;
  drop();
  const url = new URL(address, location);
  shown = placeOf(url);
  if (!isBack) history.pushState(null, "", shown);
  document.querySelector("#done .told:has([hx-post])")?.remove(); // it acts on the head that goes
  htmx.swap(shownThread(), panes, { swapStyle: "outerHTML" });
  if (url.hash) location.replace(url.hash);
  const link = linkTo(address);
  link?.closest("[data-row]").removeAttribute("data-unread");
  mark(link);
  rest();
}

const note = ({ type, repeat }) => {
  isHeld = type === "keydown" && repeat;
};
for (const name of ["keydown", "keyup"]) addEventListener(name, note, { capture: true });

// As before a real page goes: files that are on their way object, and the browser asks.
const mayGo = () => dispatchEvent(new Event("beforeunload", { cancelable: true }));

listen("click", LINK, (link, event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !mayGo()) return;
  event.preventDefault();
  goTo(link.href);
});

// After sending or closing. The answer brings the panes of the conversation below, if that is the next.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const below = detail.verb !== "get" && shownThread() && rowBelow();
  if (below) detail.headers["X-Below"] = below.dataset.row;
});

// An answer about another conversation than the one shown changes nothing.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr } = event.detail;
  const next = xhr.getResponseHeader("HX-Redirect");
  if (event.defaultPrevented || !next || !linkTo(next)) return;
  event.preventDefault();
  if (xhr.response) show({ address: next }, xhr.response);
  else goTo(next, { left: shownThread().dataset.thread });
});

addEventListener("popstate", () => {
  if (shownThread() && placeOf(location) !== shown) goTo(location.href, { isBack: true });
});

// -- ahead --------------------------------------------------------------------

onLoad("article[data-thread]", () => fetchSoon(neighbour(), NEXT_AFTER));
listen("pointerover", LINK, (link, { pointerType }) => pointerType === "mouse" && fetchSoon(link, RESTS_AFTER));
listen("pointerout", LINK, () => clearTimeout(resting));

// What its user does may change what others show.
document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.requestConfig.verb !== "get" && drop());
addEventListener("pagehide", drop);
