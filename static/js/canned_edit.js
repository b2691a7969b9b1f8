// Inserts a placeholder at the caret.

import { listen } from "./lib/events.js";

listen("click", "[data-insert]", ({ dataset }) => {
  const box = document.querySelector("textarea[name=body]");
  box.setRangeText(`{{ ${dataset.insert} }}`, box.selectionStart, box.selectionEnd, "end");
  box.focus();
});
