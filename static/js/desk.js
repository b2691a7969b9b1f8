// What every page needs and HTML cannot do by itself. The desk works without it.

// Filters apply as they are chosen.
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-submit-on-change]");
  if (form) form.requestSubmit();
});

// A long thread opens at the first unread message, any other at its end; again once fonts and
// pictures have taken their room.
const scroller = document.querySelector("[data-open-at-unread]");
function openAtUnread() {
  const unread = scroller.querySelector("[data-first-unread]");
  if (unread) unread.scrollIntoView({ block: "start" });
  else scroller.scrollTop = scroller.scrollHeight;
}
if (scroller && !location.hash) {
  openAtUnread();
  document.fonts.ready.then(openAtUnread);
  addEventListener("load", openAtUnread, { once: true });
}

// What was searched for is in sight, in a long message too.
addEventListener("load", () => document.querySelector(":target mark")?.scrollIntoView({ block: "center" }), { once: true });

// A picture that is none is said in words; its file can be had all the same.
function isNone(picture) {
  const file = picture.closest(".file[data-preview]");
  if (!file) return;
  Object.assign(file.dataset, { preview: "none", kind: "" });
  picture.closest("[data-look]")?.removeAttribute("data-look");
}
document.addEventListener("error", (event) => event.target.matches?.("img") && isNone(event.target), true);
for (const picture of document.querySelectorAll(".thumb img")) if (picture.complete && !picture.naturalWidth) isNone(picture);

// The row of the thread being read stands in the middle of the list beside it: what comes next is seen.
document.querySelector(".list [aria-current='true']")?.scrollIntoView({ block: "center" });

// A fresh bubble is scrolled to.
document.addEventListener("htmx:oobAfterSwap", (event) => {
  const isBubble = event.detail.target.lastElementChild?.matches(".bubble");
  if (event.detail.target.id === "timeline" && isBubble && scroller) scroller.scrollTop = scroller.scrollHeight;
});

// htmx's errors, in words.
const trouble = document.getElementById("trouble");
let hiding;
function say(kind, words) {
  trouble.textContent = words || trouble.dataset[kind];
  trouble.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (trouble.hidden = true), 8000);
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
