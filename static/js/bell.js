// Asks for new notifications every half minute while the tab is visible, or always where browser
// notifications are on.

import { listen } from "./lib/events.js";

const EVERY = 30_000;
const bell = () => document.querySelector("[data-bell]");
const mayNotify = () => "Notification" in window && Notification.permission === "granted";

function ask() {
  const isWatched = document.visibilityState === "visible" || (mayNotify() && bell()?.hasAttribute("data-browser"));
  if (isWatched && bell()) htmx.trigger(document.body, "desk-poll");
}
setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);

function notify(link) {
  const { notice, title, body } = link.dataset;
  // The tag makes it one for all tabs.
  const notification = new Notification(title, { body, tag: `desk-${notice}` });
  notification.addEventListener("click", () => {
    window.focus();
    location.href = link.href;
  });
}

listen("htmx:load", "[data-bell]", (one) => mayNotify() && one.querySelectorAll("[data-notice]").forEach(notify));
