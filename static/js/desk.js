// What every page needs and HTML cannot do by itself. The desk works without it.

import { within } from "./lib/conversation.js";

// Filters apply as they are chosen.
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-submit-on-change]");
  if (form) form.requestSubmit();
});

// A long thread opens at the first unread message, any other at its end; again once fonts and
// pictures have taken their room.
function openAtUnread(scroller) {
  const unread = scroller.querySelector("[data-first-unread]");
  if (unread) unread.scrollIntoView({ block: "start" });
  else scroller.scrollTop = scroller.scrollHeight;
}

function openThread(scroller) {
  if (location.hash) return;
  openAtUnread(scroller);
  document.fonts.ready.then(() => openAtUnread(scroller));
  if (document.readyState !== "complete") addEventListener("load", () => openAtUnread(scroller), { once: true });
}

// What was searched for is in sight, in a long message too.
addEventListener("load", () => document.querySelector(":target mark")?.scrollIntoView({ block: "center" }), {
  once: true,
});

// A picture that is none is said in words; its file can be had all the same.
function isNone(picture) {
  const file = picture.closest(".file[data-preview]");
  if (!file) return;
  Object.assign(file.dataset, { preview: "none", kind: "" });
  picture.closest("[data-look]")?.removeAttribute("data-look");
}
document.addEventListener("error", (event) => event.target.matches?.("img") && isNone(event.target), true);
for (const picture of document.querySelectorAll(".thumb img"))
  if (picture.complete && !picture.naturalWidth) isNone(picture);

function openPane(root) {
  within(root, "[data-open-at-unread]").forEach(openThread);
  // The row of the thread being read stands in the middle of the list beside it: what comes next is seen.
  within(root, ".list [aria-current='true']")[0]?.scrollIntoView({ block: "center" });
}
document.addEventListener("htmx:load", (event) => event.target !== document.body && openPane(event.target));
openPane(document);

// A fresh bubble is scrolled to.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  const { target } = event.detail;
  if (!target.matches(".timeline") || !target.lastElementChild?.matches(".bubble")) return;
  const scroller = target.closest(".scroll");
  scroller.scrollTop = scroller.scrollHeight;
});

// A toast that stays until somebody has read it.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-hide]")) event.target.closest(".toast").remove();
});

// htmx's errors, in words.
let hiding;
function say(kind, words) {
  const trouble = document.getElementById("trouble");
  trouble.textContent = words || trouble.dataset[kind];
  trouble.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    trouble.hidden = true;
  }, 8000);
}
// The server knows which part of it is missing.
function isInWords(xhr) {
  const isUnavailable = xhr.status === 503 || xhr.status === 507;
  return isUnavailable && xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
}
document.addEventListener("htmx:sendError", () => say("offline"));
document.addEventListener("desk:trouble", (event) => say(event.detail));
document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  if (status === 404) say("missing");
  else if (status === 403) say("forbidden");
  else if (status === 413) say("long");
  else say("server", isInWords(event.detail.xhr) && responseText);
});

// What loads by itself and does not come offers its link instead of pretending to load on.
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    event.detail.elt?.closest("[aria-busy]")?.setAttribute("aria-busy", "false");
  });
}
