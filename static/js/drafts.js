// Saves what is typed: replies, notes, and messages of new conversations.

import { listen, onLoad } from "./lib/events.js";
import { isLogin } from "./lib/requests.js";
import { bringBack, endSaver, keepForLogin, leave, save, saveSoon } from "./lib/saver.js";

const SAVED = "form[data-save]";
const forEachSaved = (action) => [...document.querySelectorAll(SAVED)].map((form) => action(form));

listen("input", SAVED, saveSoon);
listen("change", SAVED, (form, { target }) => save(form, { isMeant: target.matches("[data-keep]") }));
listen("focusout", SAVED, (form) => save(form));

// The form was sent; or the session has ended, and the page goes to the login.
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  const { xhr, requestConfig } = detail;
  if (isLogin(xhr.getResponseHeader("HX-Redirect"))) forEachSaved(keepForLogin);
  else if (requestConfig.elt.matches(SAVED) && xhr.status < 300) endSaver(requestConfig.elt);
});

// A form with the saved text takes its place.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target, shouldSwap, xhr } = detail;
  if (target.matches(SAVED) && shouldSwap && xhr.status < 300) endSaver(target);
});

document.addEventListener("htmx:beforeCleanupElement", ({ target }) => target.matches?.(SAVED) && leave(target));
addEventListener("pagehide", () => forEachSaved(leave));
document.addEventListener("visibilitychange", () => document.hidden && forEachSaved(save));

// Until this event a browser fills in what it had, where a page is loaded again.
addEventListener("load", () => forEachSaved(bringBack), { once: true });
onLoad(SAVED, (form) => document.readyState === "complete" && bringBack(form));
