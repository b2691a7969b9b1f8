// What is typed is kept: replies, notes, and messages on no conversation yet.

import { within } from "./lib/conversation.js";
import { bringBack, endSaver, keepForLogin, leave, save, saveSoon, setGoing } from "./lib/saver.js";

const SAVED = "form[data-save]";
const formOf = (event) => event.target.closest?.(SAVED);

document.addEventListener("input", (event) => formOf(event) && saveSoon(formOf(event)));
document.addEventListener("change", (event) => {
  const form = formOf(event);
  if (form) save(form, { isMeant: event.target.matches("[data-keep]") });
});
document.addEventListener("focusout", (event) => formOf(event) && save(formOf(event)));

for (const [name, isGoing] of [
  ["htmx:beforeRequest", true],
  ["htmx:afterRequest", false],
]) {
  document.addEventListener(name, ({ detail }) => detail.elt.matches(SAVED) && setGoing(detail.elt, isGoing));
}

// Sent; or the session has ended, and the page goes to the login.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig } = event.detail;
  const isLogin = (xhr.getResponseHeader("HX-Redirect") ?? "").includes("/login/");
  if (isLogin) document.querySelectorAll(SAVED).forEach(keepForLogin);
  else if (requestConfig.elt.matches(SAVED) && xhr.status < 300) endSaver(requestConfig.elt);
});

// One with what the desk has takes its place.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, shouldSwap, xhr } = event.detail;
  if (target.matches(SAVED) && shouldSwap && xhr.status < 300) endSaver(target);
});

document.addEventListener("htmx:beforeCleanupElement", (event) => event.target.matches?.(SAVED) && leave(event.target));
addEventListener("pagehide", () => document.querySelectorAll(SAVED).forEach(leave));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) for (const form of document.querySelectorAll(SAVED)) save(form);
});

// A browser fills in what it had for a page that is loaded again, until this event.
addEventListener("load", () => document.querySelectorAll(SAVED).forEach(bringBack), { once: true });
document.addEventListener(
  "htmx:load",
  (event) => document.readyState === "complete" && within(event.target, SAVED).forEach(bringBack),
);
