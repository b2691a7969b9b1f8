// A form that has no draft on the server keeps what is typed in its tab, past a reload, a way back
// and a session that ends, until it is sent.

const WITHIN = 3_600_000;
const form = document.querySelector("[data-unsent]");
const key = `unsent ${form.dataset.unsent} ${location.pathname}${location.search}`;
let isSent = false;

const fields = () => [...form.elements].filter((field) => field.name && !["hidden", "file", "submit"].includes(field.type));
const isBox = (field) => ["checkbox", "radio"].includes(field.type);
const idOf = (field) => (isBox(field) ? `${field.name}=${field.value}` : field.name);
const holds = (field) => (isBox(field) ? field.checked : field.value);
const held = () => Object.fromEntries(fields().map((field) => [idOf(field), holds(field)]));
const begun = held();
const isTouched = () => JSON.stringify(held()) !== JSON.stringify(begun);

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr } = event.detail;
  const isLogin = (xhr.getResponseHeader("HX-Redirect") ?? "").includes("/login/");
  if (event.detail.requestConfig.elt === form && xhr.status < 300 && !isLogin) isSent = true;
});

addEventListener("pagehide", () => {
  if (isSent || !isTouched()) return;
  sessionStorage.setItem(key, JSON.stringify({ held: held(), until: Date.now() + WITHIN }));
});

function bringBack() {
  const kept = JSON.parse(sessionStorage.getItem(key));
  sessionStorage.removeItem(key);
  if (!kept || kept.until < Date.now() || isTouched()) return;
  for (const field of fields()) {
    const value = kept.held[idOf(field)];
    if (value === undefined || value === holds(field)) continue;
    field[isBox(field) ? "checked" : "value"] = value;
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  }
}
addEventListener("load", bringBack, { once: true });
