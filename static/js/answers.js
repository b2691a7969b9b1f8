// A late answer about another conversation than the one shown changes nothing: its message is shown.

import { shownThread } from "./lib/conversation.js";
import { build } from "./lib/elements.js";
import { trimSpace } from "./lib/text.js";

function showMessage(html) {
  const answer = document.createRange().createContextualFragment(html);
  const told = answer.querySelector("#done > *");
  const text = trimSpace((told ?? answer.querySelector("#announcements"))?.textContent ?? "");
  if (!text) return;
  const toast = build("div", { className: "toast told" });
  toast.append(...(told ? told.childNodes : [text]));
  document.getElementById("done").replaceChildren(toast);
}

function keepApart(event) {
  const { xhr } = event.detail;
  const about = xhr.getResponseHeader("X-Thread");
  const shown = shownThread()?.dataset.thread;
  if (!about || !shown || about === shown) return;
  event.preventDefault();
  showMessage(xhr.response);
}

// On the element itself: it may be on no page any more when the answer comes.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  detail.elt.addEventListener("htmx:beforeOnLoad", keepApart);
});
