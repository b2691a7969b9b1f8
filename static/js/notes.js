// Reply or note: one page, two texts. And colleagues' names after an @.

import { composerBody } from "./lib/conversation.js";
import { fold } from "./lib/text.js";

function switchTo(writing, mode) {
  writing.dataset.mode = mode;
  for (const choice of writing.querySelectorAll("[data-mode-choice]")) {
    if (choice.dataset.modeChoice === mode) choice.setAttribute("aria-current", "true");
    else choice.removeAttribute("aria-current");
  }
  const box = mode === "note" ? writing.querySelector("[data-note-body]") : composerBody();
  box?.focus();
}

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-mode-choice]");
  if (!choice || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  switchTo(choice.closest(".writing"), choice.dataset.modeChoice);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-note-composer]");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  const button = form.querySelector(".primary");
  if (!button.disabled) form.requestSubmit(button);
});

// -- names --------------------------------------------------------------------

const BEGUN = /(?:^|[^\w@./+-])@([\w.+-]*)$/;
const listOf = (box) => box.parentElement.querySelector("[data-colleagues]");
const shown = (list) => [...list.children].filter((item) => !item.hidden);

function close(box) {
  listOf(box).hidden = true;
  box.removeAttribute("aria-activedescendant");
}

function offer(box) {
  const begun = BEGUN.exec(box.value.slice(0, box.selectionStart));
  if (!begun) return close(box);
  const list = listOf(box);
  for (const item of list.children) item.hidden = !fold(item.textContent).includes(fold(begun[1]));
  list.hidden = shown(list).length === 0;
  choose(box, 0);
}

function choose(box, index) {
  const items = shown(listOf(box));
  const chosen = items[(index + items.length) % items.length];
  for (const item of listOf(box).children) item.setAttribute("aria-selected", item === chosen);
  if (!chosen) return close(box);
  box.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

function put(box, item) {
  const before = box.value.slice(0, box.selectionStart).replace(/[\w.+-]*$/, "");
  box.setRangeText(`${item.dataset.name} `, before.length, box.selectionStart, "end");
  close(box);
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

const boxAt = (event) => (event.target.matches?.("[data-note-body]") ? event.target : null);

document.addEventListener("input", (event) => boxAt(event) && offer(boxAt(event)));
document.addEventListener("focusout", (event) => boxAt(event) && close(boxAt(event)));

document.addEventListener(
  "keydown",
  (event) => {
    const box = boxAt(event);
    if (!box || listOf(box).hidden || event.ctrlKey || event.metaKey) return;
    const items = shown(listOf(box));
    const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
    const actions = {
      ArrowDown: () => choose(box, at + 1),
      ArrowUp: () => choose(box, at - 1),
      Enter: () => put(box, items[at]),
      Tab: () => put(box, items[at]),
      Escape: () => close(box),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    actions[event.key]();
  },
  true,
);

// Before the box loses the focus, and with it the list.
document.addEventListener("mousedown", (event) => {
  const item = event.target.closest("[data-colleagues] [role=option]");
  if (!item) return;
  event.preventDefault();
  put(item.closest(".mentioning").querySelector("[data-note-body]"), item);
});
