// A message on no thread: htmx saves it a moment after each pause, the page sends ahead what is
// newer when it goes, and the tab keeps it past a session that ends, until it is sent.

const WITHIN = 3_600_000;
const form = document.querySelector("[data-unsent]");
const saver = document.querySelector("[data-letter-saver]");
const key = `unsent ${form.dataset.unsent} ${location.pathname}${location.search}`;
let isSent = false;

const fields = () => [...form.elements].filter((field) => field.name && !["hidden", "file", "submit"].includes(field.type));
const isBox = (field) => ["checkbox", "radio"].includes(field.type);
const idOf = (field) => (isBox(field) ? `${field.name}=${field.value}` : field.name);
const holds = (field) => (isBox(field) ? field.checked : field.value);
const held = () => Object.fromEntries(fields().map((field) => [idOf(field), holds(field)]));
const inWords = () => JSON.stringify(held());
const version = () => form.querySelector("[name=based_on]")?.value ?? "";
const begun = inWords();
let saved = begun;
let onItsWay = begun;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target === saver) onItsWay = inWords();
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target === saver && event.detail.successful) saved = onItsWay;
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr } = event.detail;
  const isLogin = (xhr.getResponseHeader("HX-Redirect") ?? "").includes("/login/");
  if (event.detail.requestConfig.elt === form && xhr.status < 300 && !isLogin) isSent = true;
});

addEventListener("pagehide", () => {
  if (isSent || inWords() === begun) return;
  // Even what is saved: a page that is asked for while that is under way may not show it yet.
  sessionStorage.setItem(key, JSON.stringify({ held: held(), token: form.elements.token.value, version: version(), until: Date.now() + WITHIN }));
  if (inWords() === saved) return;
  const ahead = new FormData(saver);
  for (const [name, value] of new FormData(form)) if (name !== "files") ahead.append(name, value);
  navigator.sendBeacon(saver.action, ahead);
});

function bringBack() {
  const kept = JSON.parse(sessionStorage.getItem(key));
  sessionStorage.removeItem(key);
  if (!kept || kept.until < Date.now() || inWords() !== begun) return;
  // What another tab has saved or sent meanwhile is newer. What this one saved is not, nor is what
  // the page had looked up before that.
  const { writtenIn, lookedAt } = form.dataset;
  if (kept.version !== version() && kept.token !== writtenIn && kept.version < lookedAt) return;
  for (const field of fields()) {
    const value = kept.held[idOf(field)];
    if (value === undefined || value === holds(field)) continue;
    field[isBox(field) ? "checked" : "value"] = value;
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  }
}
addEventListener("load", bringBack, { once: true });
