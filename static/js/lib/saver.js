// Forms that save themselves: after each pause in typing, when they are left, and when their page or
// their pane goes. This tab keeps what cannot be saved. One save runs at a time, each with its number,
// so that a late one does not undo a later one.

import { isLogin, troubleOf } from "./requests.js";

const PAUSE = 1500;
const LOADS_WITHIN = 10_000; // a page may be asked for before what is sent ahead is stored
const BACK_WITHIN = 3_600_000;
const MOST_AHEAD = 60_000; // bytes that a browser sends for a page that is gone
const PREFIX = "unsaved ";
const states = new WeakMap();

const isBox = (field) => ["checkbox", "radio"].includes(field.type);
const keyOf = (field) => (isBox(field) ? `${field.name}=${field.value}` : field.name);
const contentOf = (field) => (isBox(field) ? field.checked : field.value);
// What its author fills in: neither hidden fields nor files, nor the answers of a save.
const fieldsOf = (form) =>
  [...form.elements].filter(
    (field) =>
      field.name &&
      !["hidden", "file", "submit"].includes(field.type) &&
      !field.closest("[data-save-state], [data-files]"),
  );
const textOf = (form) =>
  JSON.stringify(Object.fromEntries(fieldsOf(form).map((field) => [keyOf(field), contentOf(field)])));
const versionOf = (form) => form.querySelector("[name=based_on]")?.value ?? "";
const sizeOf = (data) => new Blob([...data].map(([name, value]) => `${name}${value}`.padEnd(200))).size;

function stateOf(form) {
  if (states.has(form)) return states.get(form);
  // As the page had it: its author may have typed before this script came.
  const copy = form.cloneNode(true);
  copy.reset();
  const begun = textOf(copy);
  return states.set(form, { begun, saved: begun, sending: null, number: 0, timer: 0 }).get(form);
}

// After sending, or when the desk's own form takes its place: nothing more is saved.
export function endSaver(form) {
  stateOf(form).isOver = true;
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
  if (state.sending !== null || (textOf(form) === state.saved && !isMeant)) return;
  state.sending = textOf(form);
  state.isFailing = !(await post(form, state));
  if (!state.isFailing) state.saved = state.sending;
  state.sending = null;
  if (!state.isFailing) save(form);
}

function send(form, state) {
  state.number += 1;
  const body = new FormData(form);
  body.delete("files");
  body.set("number", state.number);
  // The answer to an ended session names the login page, and that the way back.
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
  return fetch(form.dataset.save, { method: "POST", body, headers, keepalive: sizeOf(body) < MOST_AHEAD });
}

async function post(form, state) {
  const answer = await send(form, state).catch(() => ({ status: 0 }));
  const login = answer.headers?.get("HX-Redirect");
  if (isLogin(login)) {
    keepForLogin(form);
    location.assign(login);
    return false;
  }
  if ((answer.ok && answer.status !== 204) || answer.status === 422) await showState(form, answer);
  else if (!answer.ok)
    form.dispatchEvent(new CustomEvent("desk:trouble", { bubbles: true, detail: troubleOf(answer.status) }));
  return Boolean(answer.ok);
}

async function showState(form, answer) {
  const html = await answer.text();
  if (form.isConnected) htmx.swap(form.querySelector("[data-save-state]"), html, { swapStyle: "innerHTML" });
}

// -- when the form goes, with its page or its pane ----------------------------

export function leave(form) {
  const state = stateOf(form);
  const text = textOf(form);
  if (state.isOver || (text === state.begun && state.saved === state.begun)) return;
  clearTimeout(state.timer);
  const isUnderWay = state.sending === text || (state.sending === null && state.saved === text);
  const isTooLong = sizeOf(new FormData(form)) + (state.sending?.length ?? 0) >= MOST_AHEAD;
  // Kept for a moment even if saved: a page asked for meanwhile may not show it yet.
  const isLate = state.saved !== text && (isTooLong || state.isFailing || !navigator.onLine);
  // While it is sent this tab keeps nothing: the desk drops what was saved.
  if (!form.matches(".htmx-request")) keep(form, isLate ? BACK_WITHIN : LOADS_WITHIN);
  state.isOver = true;
  if (!isUnderWay && !isTooLong) send(form, state).catch(() => keep(form, BACK_WITHIN));
}

// -- kept in this tab until the desk has it -----------------------------------

function keep(form, within) {
  const kept = {
    values: JSON.parse(textOf(form)),
    token: form.elements.token.value,
    version: versionOf(form),
    until: Date.now() + within,
  };
  sessionStorage.setItem(PREFIX + form.dataset.saveKey, JSON.stringify(kept));
}

// The session has ended: nothing can be saved until this tab is back.
export function keepForLogin(form) {
  const { begun, saved } = stateOf(form);
  if (textOf(form) !== begun || saved !== begun) keep(form, BACK_WITHIN);
  endSaver(form);
}

export function keepLonger() {
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX))) {
    const kept = JSON.parse(sessionStorage.getItem(key));
    sessionStorage.setItem(key, JSON.stringify({ ...kept, until: Date.now() + BACK_WITHIN }));
  }
}

export function bringBack(form) {
  const key = PREFIX + form.dataset.saveKey;
  const kept = JSON.parse(sessionStorage.getItem(key));
  sessionStorage.removeItem(key);
  if (!kept || kept.until < Date.now()) return;
  // What another tab has saved or sent meanwhile is newer; this tab's own saves are not, nor what the
  // page had looked up before.
  const { writtenIn, holdsUntil } = form.dataset;
  const version = versionOf(form);
  if (kept.version !== version && kept.token !== writtenIn && kept.version < (version || holdsUntil)) return;
  for (const field of fieldsOf(form)) {
    const value = kept.values[keyOf(field)];
    if (value === undefined || value === contentOf(field)) continue;
    field[isBox(field) ? "checked" : "value"] = value;
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  }
}
