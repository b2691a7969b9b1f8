// Answers that come late. One about another conversation than the one that is shown by then changes
// nothing of it, whatever it holds, and leads nowhere: it is told, no more.

import { shownThread } from "./lib/conversation.js";

function tellOnly(html) {
  const answer = document.createRange().createContextualFragment(html);
  const told = answer.querySelector("#done > *");
  const words = told ?? answer.querySelector("#announcements");
  if (!words?.textContent.trim()) return;
  const toast = document.createElement("div");
  toast.className = "toast told";
  toast.append(...(told ? told.childNodes : [words.textContent.trim()]));
  document.getElementById("done").replaceChildren(toast);
}

function keepApart(event) {
  const { xhr } = event.detail;
  const about = xhr.getResponseHeader("X-Thread");
  const shown = shownThread()?.dataset.thread;
  if (!about || !shown || about === shown) return;
  event.preventDefault();
  if (!xhr.getResponseHeader("HX-Redirect")) tellOnly(xhr.response);
}

// On the element itself: it may be on no page any more when the answer is here.
document.addEventListener("htmx:beforeRequest", (event) => {
  event.detail.elt.addEventListener("htmx:beforeOnLoad", keepApart);
});
