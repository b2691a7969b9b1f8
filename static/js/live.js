// The page's line to the live channel: shared by the browser's tabs, or its own where it can't be.
// Others listen on the document: "desk:news" says what has changed, "desk:resync" that nobody knows,
// and "desk:back" that the page is looked at again after a while. Without a line the page asks the
// desk every half minute.

import { isWatched } from "./bell.js";
import { listen } from "./lib/events.js";
import { openStream } from "./lib/stream.js";

const HEARTBEAT = 30_000;
const AWAY_FOR = 60_000;
const FIRST_WITHIN = 5000;
const SILENT_AFTER = 45_000;
const page = document.getElementById("live");
const isVisible = () => document.visibilityState === "visible";
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(`desk:${name}`, { detail }));
let line = null;
let isHeard = false; // the line is alive
let isOver = false; // the session has ended
let cursor = page?.dataset.cursor;
let hiddenAt = 0;
let heartbeat = 0;
let silence = 0;
let isLeaving = false;

export const isLive = () => isHeard;
export const showHere = (thread, state) => line?.here({ thread, state });

function setHeard(heard) {
  isHeard = heard;
  page.toggleAttribute("data-heard", heard);
  if (!heard) {
    // From the first failure on: attempts to reconnect do not begin it again.
    if (!isLeaving) silence ||= setTimeout(() => page.toggleAttribute("data-silent", true), SILENT_AFTER);
    return;
  }
  clearTimeout(silence);
  silence = 0;
  page.removeAttribute("data-silent");
}

const EVENTS = {
  hello(numbers) {
    setHeard(true);
    isOver = false;
    tell("news", numbers);
    tell("live");
  },
  news: (news) => tell("news", news),
  resync: () => tell("resync"),
  beat: () => {},
  lost() {
    setHeard(false);
    beatSoon();
  },
  bye() {
    setHeard(false);
    isOver = true;
  },
};

function receive(event) {
  cursor = event.cursor ?? cursor;
  EVENTS[event.name](event.data);
}

// -- the line -------------------------------------------------------------------

function shared() {
  const { worker, user, address } = page.dataset;
  const { port } = new SharedWorker(worker, { name: `live-${user}`, type: "module" });
  const send = (message) => port.postMessage(message);
  port.onmessage = ({ data }) => receive(data);
  send({ action: "open", address: new URL(address, location).href, cursor });
  return { here: (shown) => send({ action: "here", ...shown }), close: () => send({ action: "close" }) };
}

function own() {
  const stream = openStream(new URL(page.dataset.address, location).href, cursor, receive);
  return { here: ({ thread, state }) => stream.show(thread ? { [thread]: state } : {}), close: stream.close };
}

function connect() {
  heartbeat ||= setTimeout(beat, FIRST_WITHIN);
  if (line || isOver || !page.dataset.address) return;
  if (window.SharedWorker) line = shared();
  else if (isVisible()) line = own();
}

function disconnect() {
  line?.close();
  line = null;
  setHeard(false);
}

// -- without it -----------------------------------------------------------------

function beatSoon() {
  clearTimeout(heartbeat);
  heartbeat = setTimeout(beat, HEARTBEAT * (0.8 + 0.4 * Math.random()));
}

async function beat() {
  beatSoon();
  if (isHeard || isOver) return;
  tell("heartbeat");
  if (!isWatched()) return;
  const answer = await fetch(`${page.dataset.changes}?since=${encodeURIComponent(cursor)}`, {
    headers: { "HX-Request": "true" },
  }).catch(() => null);
  if (!answer?.ok || !answer.headers.get("Content-Type")?.includes("json") || isHeard) return;
  const { news, resync, cursor: next } = await answer.json();
  cursor = next;
  tell("news", news);
  if (resync) tell("resync");
}

// -- the page comes and goes ----------------------------------------------------

function onVisibility() {
  if (!isVisible()) {
    hiddenAt = Date.now();
    if (!window.SharedWorker) disconnect();
    return;
  }
  connect();
  if (hiddenAt && Date.now() - hiddenAt >= AWAY_FOR) refresh();
  else if (!isHeard && heartbeat) beat();
  tell("seen");
}

// A display: the marketplaces are asked, as by loading the page.
function refresh() {
  const parts = document.querySelectorAll("[data-refresh]");
  for (const part of parts) htmx.trigger(part, "desk-refresh");
  return parts.length > 0;
}
listen("click", "[data-refresh-page]", () => refresh() || location.reload());

if (page) {
  document.addEventListener("visibilitychange", onVisibility);
  addEventListener("pagehide", () => {
    isLeaving = true;
    disconnect();
  });
  addEventListener("pageshow", ({ persisted }) => {
    isLeaving = false;
    connect();
    if (persisted) tell("resync");
  });
  connect();
}
