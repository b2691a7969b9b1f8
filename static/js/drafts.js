// What htmx saves a moment after each pause is kept also when the page goes before that moment.

const LOADS_WITHIN = 10_000; // a reload may be answered before what it sends ahead is stored
const LOGIN_WITHIN = 3_600_000;

const composer = () => document.getElementById("composer");
const body = () => composer()?.querySelector("[data-body]");
const version = () => composer().querySelector("[name=based_on]")?.value ?? "";
const saver = () => document.querySelector("[data-draft-saver]");
const key = () => `unsaved ${composer().dataset.user} ${location.pathname}`;
let isSaved = true;
let isTouched = false;
let onItsWay = "";

document.addEventListener("input", (event) => {
  if (event.target === body()) [isSaved, isTouched] = [false, true];
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target === saver()) onItsWay = body()?.value;
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target === saver() && event.detail.successful) isSaved = body()?.value === onItsWay;
});

// A new composer holds what the server has.
document.addEventListener("htmx:load", (event) => {
  if (event.target.id === "composer") [isSaved, isTouched] = [true, false];
});

// This tab's own, until the server has it.
function setAside(within) {
  const token = composer().elements.token.value;
  const kept = { text: body().value, token, version: version(), until: Date.now() + within };
  sessionStorage.setItem(key(), JSON.stringify(kept));
}

addEventListener("pagehide", () => {
  const form = saver();
  if (!isTouched || !form || !body()) return;
  // Even what is saved: a page that is asked for while that is under way may not show it yet.
  if (!sessionStorage.getItem(key())) setAside(LOADS_WITHIN);
  if (isSaved) return;
  const fields = new FormData(form);
  const written = new FormData(composer());
  for (const name of ["token", "body", "to", "based_on"]) {
    for (const value of written.getAll(name)) fields.append(name, value);
  }
  navigator.sendBeacon(form.action, fields);
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr } = event.detail;
  if (!body()) return;
  if ((xhr.getResponseHeader("HX-Redirect") ?? "").includes("/login/")) {
    // The session has ended: nothing can be saved until this tab is back.
    if (body().value) setAside(LOGIN_WITHIN);
  } else if (event.target === composer() && xhr.status < 300) {
    // Sent, and gone on to another page perhaps.
    [isSaved, isTouched] = [true, false];
  }
});

function bringBack() {
  const kept = body() && JSON.parse(sessionStorage.getItem(key()));
  if (!kept) return;
  sessionStorage.removeItem(key());
  if (kept.until < Date.now() || kept.text === body().value) return;
  // What another tab has saved or sent meanwhile is newer. What this one saved is not, nor is what
  // the page had looked up before that.
  const { writtenIn, lookedAt } = composer().dataset;
  if (kept.version !== version() && kept.token !== writtenIn && kept.version < lookedAt) return;
  body().value = kept.text;
  body().dispatchEvent(new Event("input", { bubbles: true }));
  body().dispatchEvent(new Event("focusout", { bubbles: true }));
}
addEventListener("load", bringBack, { once: true });
