// Asks the browser for notifications, when the button for it is pressed.

const place = document.querySelector("[data-permission]");
const button = place?.querySelector("[data-ask]");

function show() {
  const state = Notification.permission;
  place.hidden = false;
  place.querySelector("[data-said]").textContent = place.dataset[state] ?? "";
  button.hidden = state !== "default";
}

if (place && "Notification" in window) {
  show();
  button.addEventListener("click", () => Notification.requestPermission().then(show));
}
