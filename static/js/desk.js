// What every page needs and HTML cannot do by itself. The desk works without it.

import { listen, onLoad } from "./lib/events.js";
import { textOf } from "./lib/requests.js";
import { trimSpace } from "./lib/text.js";

listen("change", "[data-submit-on-change]", (form) => form.requestSubmit());
listen("click", "[data-hide]", (button) => button.closest(".toast").remove());

// A question in a conversation's head goes by its button or by Escape. `data-leave` is the id of the
// button that has the focus afterwards.
listen("click", "[data-leave]", (button, event) => {
  event.preventDefault();
  button.closest(".refusal").remove();
  document.getElementById(button.dataset.leave)?.focus();
});
// Captured: an open menu in the question closes first.
const leaveByKey = (question, { key }) => key === "Escape" && question.querySelector("[data-leave]")?.click();
listen("keydown", ".refusal:not(:has(details[open]))", leaveByKey, { capture: true });

// -- where a page opens -------------------------------------------------------

// Beside an open conversation, its row in the middle of the list.
onLoad(".list [aria-current='true']", (row) => row.scrollIntoView({ block: "center" }));

// At what was searched for, also inside a long message.
const showFound = () => document.querySelector(":target mark")?.scrollIntoView({ block: "center" });
for (const name of ["load", "hashchange"]) addEventListener(name, showFound);

// At the first unread message, again once fonts and pictures have their size. The sheet opens at the end.
onLoad("[data-rest]", (messages) => {
  const open = () => location.hash || messages.querySelector("[data-first-unread]")?.scrollIntoView({ block: "start" });
  open();
  document.fonts.ready.then(open);
  if (document.readyState !== "complete") addEventListener("load", open, { once: true });
});

// At a new bubble.
listen("htmx:oobAfterSwap", ".timeline", (timeline, { target }) => {
  if (target === timeline && target.lastElementChild?.matches(".bubble")) timeline.closest(".scroll").scrollTop = 0;
});

// Without their texts, the icons of a narrow sidebar show their names on hover.
onLoad(".sidebar .nav :is(a, button)", (entry) => {
  entry.title ||= trimSpace(entry.querySelector(".label")?.textContent ?? "");
});

// -- the browser's time zone --------------------------------------------------

onLoad("#zone[hidden]", (form) => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  form.elements.time_zone.value = here;
  if (form.dataset.settled !== `${here} ${form.dataset.zone}`) form.requestSubmit();
});

// -- pictures that are none ---------------------------------------------------

// A text takes their place; the file can be downloaded all the same.
function replacePicture(picture) {
  const file = picture.closest(".file[data-preview]");
  if (!file) return;
  Object.assign(file.dataset, { preview: "none", kind: "" });
  picture.closest("[data-look]")?.removeAttribute("data-look");
}
listen("error", "img", replacePicture, { capture: true });
for (const picture of document.querySelectorAll(".thumb img"))
  if (picture.complete && !picture.naturalWidth) replacePicture(picture);

// -- errors of requests -------------------------------------------------------

let hiding;
function show(textContent) {
  const trouble = document.getElementById("trouble");
  Object.assign(trouble, { textContent, hidden: false });
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    trouble.hidden = true;
  }, 8000);
}

document.addEventListener("desk:trouble", ({ detail }) => show(document.getElementById("trouble").dataset[detail]));
listen("htmx:sendError htmx:responseError", "body", (_body, { detail }) => show(textOf(detail.xhr)));

// What loads by itself and fails offers its link instead.
const loaded = (element) => element.setAttribute("aria-busy", "false");
listen("htmx:sendError htmx:responseError htmx:timeout", "[aria-busy]", loaded);
