// Asks for new notifications when there are some: while the tab is visible, or always where browser
// notifications are on.

import { listen } from "./lib/events.js";

const bell = () => document.querySelector("[data-bell]");
const mayNotify = () => "Notification" in window && Notification.permission === "granted";
let isDue = false;

export const isWatched = () =>
  document.visibilityState === "visible" || (mayNotify() && bell()?.hasAttribute("data-browser"));

function ask() {
  isDue = !(isWatched() && bell());
  if (!isDue) htmx.trigger(document.body, "desk-poll");
}
document.addEventListener("desk:own", ask);
document.addEventListener("desk:seen", () => isDue && ask());

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
