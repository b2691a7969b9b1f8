// Canned replies: a list that opens over the composer, is searched by typing, and puts its words
// where the cursor is. What is on the list, and what it reads like here, the server says.

const panel = document.querySelector("[data-canned]");
const query = document.getElementById("canned-query");
const found = document.querySelector("[data-canned-found]");
const preview = document.querySelector("[data-canned-preview]");
const composer = () => document.getElementById("composer");
const body = () => composer()?.querySelector("[data-body]");
const options = () => [...found.querySelectorAll("[data-canned-option]")];
// What is listed is what was typed; until then Enter waits, or it would put in the wrong words.
const isFresh = () => found.querySelector("[data-q]")?.dataset.q === query.value;
let isAwaited = false;
const active = () => found.querySelector("[aria-selected='true']");

function open() {
  if (!panel || !body()) return;
  panel.hidden = false;
  isAwaited = false;
  query.value = "";
  htmx.trigger("#canned-search", "canned-open");
  query.focus();
}

function close() {
  if (panel.hidden) return;
  panel.hidden = true;
  body()?.focus();
}

function choose(option) {
  active()?.setAttribute("aria-selected", "false");
  preview.replaceChildren();
  if (!option) return query.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  query.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
  preview.append(option.querySelector("[data-text]").content.cloneNode(true));
}

function move(by) {
  const all = options();
  if (all.length) choose(all[(all.indexOf(active()) + by + all.length) % all.length]);
}

// As if it had been typed, so that it can be undone; setRangeText could not be.
function put(box, text) {
  box.focus();
  if (document.execCommand("insertText", false, text)) return;
  box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function insert(option) {
  if (!option) return;
  const box = body();
  const text = option.querySelector("[data-text]").content.textContent;
  const macros = composer().querySelector("[data-macros]");
  if (!macros.querySelector(`[value="${option.id.replace("canned-", "")}"]`))
    macros.append(option.querySelector("[data-macro]").content.cloneNode(true));
  close();
  put(box, text);
  const gap = box.value.match(GAP);
  if (gap) select(box, gap[0]);
}

// -- what is still missing ------------------------------------------------------

const GAP = /\[missing: [\w.]+\]/;

function select(box, text) {
  const at = box.value.indexOf(text);
  if (at < 0) return;
  box.focus();
  box.setSelectionRange(at, at + text.length);
}

function showGaps(form) {
  const box = form.querySelector("[data-body]");
  const line = form.querySelector("[data-gaps]");
  if (!line) return;
  const gaps = [...new Set(box.value.match(new RegExp(GAP, "g")) ?? [])];
  line.hidden = gaps.length === 0;
  line.querySelector("[data-gap-list]").replaceChildren(
    ...gaps.map((gap) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "missing";
      button.textContent = gap;
      button.addEventListener("click", () => select(box, gap));
      return button;
    }),
  );
  box.setCustomValidity(gaps.length ? line.dataset.words : "");
}

// -- listening ------------------------------------------------------------------

// A slash at the start of an empty line.
function asksForPicker(event) {
  const box = event.target;
  if (event.key !== "/" || !box.matches?.("#composer [data-body]") || event.isComposing) return false;
  const before = box.value.slice(0, box.selectionStart);
  const after = box.value.slice(box.selectionEnd);
  return (before === "" || before.endsWith("\n")) && (after === "" || after.startsWith("\n"));
}

document.addEventListener("keydown", (event) => {
  if (!panel) return;
  if (asksForPicker(event)) {
    event.preventDefault();
    return open();
  }
  if (panel.hidden || !panel.contains(event.target)) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
  }
  if (event.target !== query) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) move(step);
  else if (event.key === "Enter" && isFresh()) insert(active());
  else if (event.key === "Enter") isAwaited = true;
  else if (event.key === "/" && query.value === "") {
    // Twice: a slash was meant.
    close();
    put(body(), "/");
  } else return;
  event.preventDefault();
}, true);

document.addEventListener("click", (event) => {
  if (!panel) return;
  const option = event.target.closest("[data-canned-option]");
  if (option && panel.contains(option)) return insert(option);
  if (event.target.closest("[data-canned-open]")) return panel.hidden ? open() : close();
  if (event.target.closest("[data-canned-close]")) return close();
  if (!panel.hidden && !panel.contains(event.target)) panel.hidden = true;
});

panel?.addEventListener("pointermove", (event) => {
  const option = event.target.closest("[data-canned-option]");
  if (option && option !== active()) choose(option);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== found) return;
  choose(options()[0]);
  if (isAwaited && isFresh()) insert(active());
  isAwaited = isAwaited && !isFresh();
});

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-composer]");
  if (form && event.target.matches("[data-body]")) showGaps(form);
});

document.addEventListener("htmx:load", (event) => {
  const form = event.target.matches?.("[data-composer]") ? event.target : event.target.querySelector?.("[data-composer]");
  if (form) showGaps(form);
});
document.querySelectorAll("[data-composer]").forEach(showGaps);
