import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { listen, onLoad } from "../../static/js/lib/events.js";

let seen;
const element = (matching, children = []) => ({
  matches: (selector) => selector === matching,
  closest: (selector) => (selector === matching ? "closest" : null),
  querySelectorAll: () => children,
});
const fire = (name, target) => globalThis.document.dispatchEvent(Object.assign(new Event(name), { from: target }));

beforeEach(() => {
  seen = [];
  const page = new EventTarget();
  globalThis.document = {
    addEventListener: (name, listener) => page.addEventListener(name, (event) => listener({ target: event.from })),
    dispatchEvent: (event) => page.dispatchEvent(event),
  };
});

test("a listener hears each of its events, inside what it is for", () => {
  listen("click input", ".menu", (found) => seen.push(found));
  fire("click", element(".menu"));
  fire("input", element(".menu"));
  fire("input", element(".other"));

  assert.deepEqual(seen, ["closest", "closest"]);
});

test("an event of the document itself is nobody's", () => {
  listen("click", ".menu", (found) => seen.push(found));
  fire("click", {});

  assert.deepEqual(seen, []);
});

test("what comes is prepared, itself and inside", () => {
  onLoad(".menu", (found) => seen.push(found));
  const inner = element(".menu");
  const outer = element(".menu", [inner]);
  fire("htmx:load", outer);

  assert.deepEqual(seen, [outer, inner]);
});
