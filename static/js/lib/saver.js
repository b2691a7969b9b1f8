// Forms that save themselves: a moment after each pause, when they are left, and when they go, with
// their page or without it. What cannot be saved stays in this tab. One save at a time, each with its
// number, so that one that comes late does not undo a later one.

import { asHtmx, csrfOf, loginIn } from "./requests.js";

const PAUSE = 1500;
const LOADS_WITHIN = 10_000; // a page may be asked for before what is sent ahead is stored
const BACK_WITHIN = 3_600_000;
const MOST_AHEAD = 60_000; // bytes that a browser sends for a page that is gone
const states = new WeakMap();

const isBox = (field) => ["checkbox", "radio"].includes(field.type);
const idOf = (field) => (isBox(field) ? `${field.name}=${field.value}` : field.name);
const holds = (field) => (isBox(field) ? field.checked : field.value);
// What its writer has done: neither hidden fields nor files, nor the answers of a save.
const fields = (form) =>
  [...form.elements].filter(
    (field) =>
      field.name &&
      !["hidden", "file", "submit"].includes(field.type) &&
      !field.closest("[data-save-state], [data-files]"),
  );
const began = (field) => {
  if (isBox(field)) return field.defaultChecked;
  if (field.type !== "select-one") return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value;
};
const held = (form) => Object.fromEntries(fields(form).map((field) => [idOf(field), holds(field)]));
const inWords = (form) => JSON.stringify(held(form));
const asItBegan = (form) =>
  JSON.stringify(Object.fromEntries(fields(form).map((field) => [idOf(field), began(field)])));
const version = (form) => form.querySelector("[name=based_on]")?.value ?? "";
const keyOf = (form) => `unsaved ${form.dataset.saveKey}`;

function stateOf(form) {
  const begun = asItBegan(form);
  if (!states.has(form)) states.set(form, { begun, saved: begun, onItsWay: null, number: 0, timer: 0 });
  return states.get(form);
}

const isTouched = (form) => inWords(form) !== stateOf(form).begun || stateOf(form).saved !== stateOf(form).begun;

// It was sent, or another one with what the desk has takes its place: nothing is saved from it.
export function endSaver(form) {
  stateOf(form).isOver = true;
}

// Being sent: the desk drops what is saved from it by then, and this tab has nothing to bring back.
export function setGoing(form, isGoing) {
  stateOf(form).isGoing = isGoing;
}

export function saveSoon(form) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = setTimeout(save, PAUSE, form);
}

export async function save(form, { isMeant = false } = {}) {
  const state = stateOf(form);
  if (state.isOver || !form.isConnected) return;
  clearTimeout(state.timer);
  if (state.onItsWay !== null || (inWords(form) === state.saved && !isMeant)) return;
  state.onItsWay = inWords(form);
  state.isFailing = !(await post(form, state));
  if (!state.isFailing) state.saved = state.onItsWay;
  state.onItsWay = null;
  if (!state.isFailing) save(form);
}

async function post(form, state) {
  try {
    const answer = await send(form, state);
    if (loginIn(answer)) return goToLogin(form, loginIn(answer));
    if (answer.status !== 204 && (answer.ok || answer.status === 422)) show(form, await answer.text());
    else if (!answer.ok) say(form, { 403: "forbidden", 404: "missing", 413: "long" }[answer.status] ?? "server");
    return answer.ok;
  } catch {
    say(form, "offline");
    return false;
  }
}

function send(form, state) {
  state.number += 1;
  const written = new FormData(form);
  written.delete("files");
  written.set("number", state.number);
  const keepalive = sizeOf(written) < MOST_AHEAD;
  return fetch(form.dataset.save, { method: "POST", body: written, headers: asHtmx(csrfOf(form)), keepalive });
}

const sizeOf = (written) => new Blob([...written].map(([name, value]) => `${name}${value}`.padEnd(200))).size;

function show(form, html) {
  if (form.isConnected) htmx.swap(form.querySelector("[data-save-state]"), html, { swapStyle: "innerHTML" });
}

function say(form, kind) {
  form.dispatchEvent(new CustomEvent("desk:trouble", { bubbles: true, detail: kind }));
}

function goToLogin(form, address) {
  keepForLogin(form);
  location.assign(address);
  return false;
}

// -- when it goes -------------------------------------------------------------

// With its page, or its pane.
export function leave(form) {
  const state = stateOf(form);
  if (state.isOver || !isTouched(form)) return;
  clearTimeout(state.timer);
  const [now, onItsWay] = [inWords(form), state.onItsWay];
  const isUnderWay = onItsWay === now || (onItsWay === null && state.saved === now);
  const isTooLong = sizeOf(new FormData(form)) + (onItsWay?.length ?? 0) >= MOST_AHEAD;
  // Even what is saved: a page that is asked for while that is under way may not show it yet.
  const isLate = state.saved !== now && (isTooLong || state.isFailing || !navigator.onLine);
  if (!state.isGoing) setAside(form, isLate ? BACK_WITHIN : LOADS_WITHIN);
  state.isOver = true;
  if (!isUnderWay && !isTooLong) send(form, state).catch(() => setAside(form, BACK_WITHIN));
}

// -- this tab's own, until the desk has it -------------------------------------

// The session has ended: nothing can be saved until this tab is back.
export function keepForLogin(form) {
  if (isTouched(form)) setAside(form, BACK_WITHIN);
  endSaver(form);
}

function setAside(form, within) {
  const kept = {
    held: held(form),
    token: form.elements.token.value,
    version: version(form),
    until: Date.now() + within,
  };
  sessionStorage.setItem(keyOf(form), JSON.stringify(kept));
}

export function keepLonger() {
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith("unsaved "))) {
    const kept = JSON.parse(sessionStorage.getItem(key));
    sessionStorage.setItem(key, JSON.stringify({ ...kept, until: Date.now() + BACK_WITHIN }));
  }
}

export function bringBack(form) {
  const kept = JSON.parse(sessionStorage.getItem(keyOf(form)));
  sessionStorage.removeItem(keyOf(form));
  if (!kept || kept.until < Date.now()) return;
  // What another tab has saved or sent meanwhile is newer. What this one saved is not, nor is what
  // the page had looked up before that.
  const { writtenIn, lookedAt } = form.dataset;
  if (kept.version !== version(form) && kept.token !== writtenIn && kept.version < lookedAt) return;
  for (const field of fields(form)) {
    const value = kept.held[idOf(field)];
    if (value === undefined || value === holds(field)) continue;
    field[isBox(field) ? "checked" : "value"] = value;
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  }
}
