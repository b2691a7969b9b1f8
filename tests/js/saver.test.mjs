import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { bringBack, endSaver, leave, save } from "../../static/js/lib/saver.js";

const NO_CONTENT = { status: 204, ok: true, headers: new Headers() };
let sent;
let answers;

globalThis.location = { href: "https://desk.example/", assign: () => {} };
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });
globalThis.FormData = class extends Map {
  constructor(form) {
    super(form.elements.map((field) => [field.name, field.value]));
  }
};

function field(name, value, type = "textarea") {
  const heard = [];
  return {
    name,
    value,
    type,
    defaultValue: value,
    closest: () => null,
    dispatchEvent: (one) => heard.push(one),
    heard,
  };
}

function form(text = "") {
  const elements = [field("body", text), field("token", "one", "hidden")];
  elements.token = elements[1];
  return {
    elements,
    dataset: { save: "/draft/", saveKey: "thread 1", lookedAt: "2026-01-01", writtenIn: "" },
    isConnected: true,
    troubles: [],
    cloneNode: () => form(text),
    reset: () => {},
    matches: () => false,
    querySelector: (selector) => (selector.includes("csrf") ? { value: "csrf" } : null),
    dispatchEvent(event) {
      this.troubles.push(event.detail);
    },
  };
}

const type = (one, text) => {
  one.elements[0].value = text;
};

beforeEach(() => {
  sent = [];
  answers = [];
  const kept = new Map();
  globalThis.sessionStorage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
  globalThis.fetch = async (_address, { body }) => {
    sent.push({ body: body.get("body"), number: body.get("number") });
    const answer = answers.shift() ?? NO_CONTENT;
    if (answer instanceof Error) throw answer;
    return answer;
  };
});

test("what has not changed is not saved", async () => {
  await save(form("Hello"));

  assert.deepEqual(sent, []);
});

test("each save has a number, so that a late one undoes nothing", async () => {
  const one = form();
  type(one, "Hello");
  await save(one);
  type(one, "Hello there");
  await save(one);

  assert.deepEqual(sent, [
    { body: "Hello", number: 1 },
    { body: "Hello there", number: 2 },
  ]);
});

test("one save at a time, and what was typed meanwhile after it", async () => {
  const one = form();
  type(one, "Hello");
  const first = save(one);
  type(one, "Hello there");
  await save(one);
  await first;
  await new Promise(setImmediate);

  assert.deepEqual(
    sent.map(({ body }) => body),
    ["Hello", "Hello there"],
  );
});

test("a save that fails says so, and is tried again with the next", async () => {
  const one = form();
  answers = [new TypeError("offline")];
  type(one, "Hello");
  await save(one);
  await save(one);

  assert.deepEqual(one.troubles, ["offline"]);
  assert.equal(sent.length, 2);
});

test("nothing is saved from a form that was sent", async () => {
  const one = form();
  type(one, "Hello");
  endSaver(one);
  await save(one);

  assert.deepEqual(sent, []);
});

test("what is left unsaved is brought back", () => {
  const one = form();
  type(one, "Hello");
  leave(one);
  const again = form();
  again.dataset.writtenIn = "one";
  bringBack(again);

  assert.equal(again.elements[0].value, "Hello");
});

test("what another tab has saved since is not overwritten", () => {
  const one = form();
  type(one, "Hello");
  leave(one);
  const newer = form("Newer words");
  newer.querySelector = (selector) => (selector.includes("based_on") ? { value: "2026-02-01" } : { value: "csrf" });
  bringBack(newer);

  assert.equal(newer.elements[0].value, "Newer words");
});
