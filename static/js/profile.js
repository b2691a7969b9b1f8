// Asks the browser for notifications, when the button for it is pressed.

import { showPart } from "./lib/elements.js";
import { listen, onLoad } from "./lib/events.js";

function show(place) {
  place.hidden = !("Notification" in window);
  if (!place.hidden) showPart(place, Notification.permission);
}
onLoad("[data-permission]", show);

const ask = (button) => Notification.requestPermission().then(() => show(button.closest("[data-permission]")));
listen("click", "[data-ask]", ask);
