// What htmx saves a moment after each pause, saved also when the page goes before that moment.

const body = () => document.querySelector("#composer [data-body]");
const saver = () => document.querySelector("[data-draft-saver]");
const key = () => `unsaved ${document.getElementById("composer").dataset.user} ${location.pathname}`;
let isSaved = true;
let onItsWay = "";

document.addEventListener("input", (event) => {
  if (event.target === body()) isSaved = false;
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target === saver()) onItsWay = body()?.value;
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target === saver() && event.detail.successful) isSaved = body()?.value === onItsWay;
});

// A new composer holds what the server has.
document.addEventListener("htmx:load", (event) => {
  if (event.target.id === "composer") isSaved = true;
});

addEventListener("pagehide", () => {
  const form = saver();
  if (isSaved || !form || !body()) return;
  const fields = new FormData(form);
  const written = new FormData(document.getElementById("composer"));
  for (const name of ["token", "body", "to", "based_on"]) {
    for (const value of written.getAll(name)) fields.append(name, value);
  }
  navigator.sendBeacon(form.action, fields);
});

// The session has ended, and this tab goes to the login: nothing can be saved until it is back.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const target = event.detail.xhr.getResponseHeader("HX-Redirect") ?? "";
  if (target.includes("/login/") && body()?.value) sessionStorage.setItem(key(), body().value);
});

function bringBack() {
  const kept = body() && sessionStorage.getItem(key());
  if (!kept) return;
  sessionStorage.removeItem(key());
  if (body().value === kept) return;
  body().value = kept;
  body().dispatchEvent(new Event("input", { bubbles: true }));
}
addEventListener("load", bringBack, { once: true });
