// The bell asks the desk's own rows every half minute, and not from a tab that nobody looks at,
// unless its user wants to be told of by the browser.

const EVERY = 30_000;
const bell = () => document.querySelector("[data-bell]");
const mayTell = () => "Notification" in window && Notification.permission === "granted";

function ask() {
  const isWatched = document.visibilityState === "visible" || (mayTell() && bell()?.hasAttribute("data-browser"));
  if (isWatched && bell()) htmx.trigger(document.body, "desk-poll");
}
setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);

function tell(notice) {
  const { notice: pk, title, body } = notice.dataset;
  // One for all tabs.
  const shown = new Notification(title, { body, tag: `desk-${pk}` });
  shown.addEventListener("click", () => {
    window.focus();
    location.href = notice.href;
  });
}

document.addEventListener("htmx:load", (event) => {
  if (event.target.matches?.("[data-bell]") && mayTell()) event.target.querySelectorAll("[data-notice]").forEach(tell);
});
