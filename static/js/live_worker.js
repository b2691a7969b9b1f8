// One stream for all tabs of a browser. It lives in the first and ends with the last of them.

import { openStream } from "./lib/stream.js";

const KEPT = 200; // events, for tabs whose page was read before them
const RANK = ["away", "viewing", "writing"];
const tabs = new Map(); // ports, to what each shows
const events = [];
let stream = null;
let numbers = { counts: {}, mine: {} };
let isLive = false;

const newest = (cursor) => Number(cursor.split(":")[1]);
const oldest = (cursor) => Number(cursor.split(".")[1]?.split(":")[0]);

function tellAll(event) {
  isLive = !["lost", "bye"].includes(event.name);
  if (event.data?.counts) Object.assign(numbers.counts, event.data.counts);
  if (event.data?.mine) Object.assign(numbers.mine, event.data.mine);
  if (event.name === "hello") numbers = { counts: event.data.counts, mine: event.data.mine };
  if (["news", "resync"].includes(event.name)) events.push(event);
  if (events.length > KEPT) events.splice(0, KEPT / 2, { name: "resync", data: null, cursor: events[0].cursor });
  if (event.name === "bye") stream = null; // a tab with another session begins anew
  for (const port of tabs.keys()) port.postMessage(event);
}

// What has happened since the tab's page was read; its cursor is the snapshot of that moment.
function catchUp(port, cursor) {
  if (!isLive) return;
  port.postMessage({ name: "hello", data: numbers });
  for (const event of events) if (!(newest(event.cursor) <= oldest(cursor))) port.postMessage(event);
}

function showAll() {
  const here = {};
  for (const { thread, state } of tabs.values())
    if (thread && RANK.indexOf(state) > RANK.indexOf(here[thread])) here[thread] = state;
  stream?.show(here);
}

const ACTIONS = {
  open(port, { address, cursor }) {
    tabs.set(port, {});
    if (stream) catchUp(port, cursor);
    else stream = openStream(address, cursor, tellAll);
  },
  here(port, shown) {
    if (tabs.has(port)) tabs.set(port, shown);
    showAll();
  },
  close(port) {
    tabs.delete(port);
    showAll();
    if (tabs.size) return;
    stream?.close();
    stream = null;
    events.length = 0;
    isLive = false;
  },
};

addEventListener("connect", ({ ports: [port] }) => {
  port.onmessage = ({ data }) => ACTIONS[data.action](port, data);
});
