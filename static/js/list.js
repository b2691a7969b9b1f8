// A list of conversations: what is selected in it, and one's place in it, kept while one is away.

import { showPart } from "./lib/elements.js";

const boxes = () => [...document.querySelectorAll(".pick input")];
const ticked = () => boxes().filter((box) => box.checked);

// -- selection ----------------------------------------------------------------

let withShift = false;
let lastTicked = "";

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.closest?.("[data-select-none]")) tickAll(false);
  if (!target.closest?.(".pick")) return;
  if (!target.matches("input")) withShift = event.shiftKey;
  else {
    if (event.shiftKey || withShift) tickRange(target);
    withShift = false;
    lastTicked = target.value;
  }
});

// With Shift, all from the box before to this one.
function tickRange(box) {
  const all = boxes();
  const ends = [all.findIndex((one) => one.value === lastTicked), all.indexOf(box)].sort((a, b) => a - b);
  if (ends[0] < 0) return;
  for (const one of all.slice(ends[0], ends[1] + 1)) one.checked = box.checked;
  showSelection();
}

function tickAll(isTicked) {
  for (const box of boxes()) box.checked = isTicked;
  const everything = document.querySelector(".everything input");
  if (everything && !isTicked) everything.checked = false;
  showSelection();
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-select-page]")) tickAll(target.checked);
  else if (target.matches(".pick input, .everything input")) showSelection();
});

function showSelection() {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const chosen = ticked(),
    page = bar.querySelector("[data-select-page]"),
    number = bar.querySelector("[data-selected]");
  number.textContent = number.dataset.words.replace("{n}", chosen.length);
  page.checked = chosen.length > 0 && chosen.length === boxes().length;
  page.indeterminate = chosen.length > 0 && !page.checked;
  const isAll = bar.querySelector(".everything input").checked;
  // The other box says how many these are.
  number.hidden = isAll;
  const worn = new Set(chosen.flatMap((box) => box.closest("[data-row]").dataset.tags.split(" ")));
  for (const button of bar.querySelectorAll("[data-untag]"))
    button.disabled = !isAll && !worn.has(button.dataset.untag);
}

// -- one's place --------------------------------------------------------------

const KEPT = "list";
const shown = () => document.querySelector("[data-list]");
const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];
const numberOf = (row) => row.dataset.row;
const topOf = (row) => row.getBoundingClientRect().top - row.closest(".scroll").getBoundingClientRect().top;

function recall() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
  return kept?.address === shown()?.dataset.list ? kept : null;
}

// What a decision about many is followed by: the first row below them that it leaves alone.
let handedOn = "";
document.addEventListener("submit", (event) => {
  if (event.target.id !== "bulk") return;
  const all = rowsOf(shown()),
    isFree = (row) => !row.querySelector(".pick input")?.checked;
  const lowest = all.findLastIndex((row) => !isFree(row));
  handedOn = all.slice(lowest).find(isFree)?.dataset.row ?? "";
});

// The row in hand: its conversation is open, it has the focus, or it is the first in sight.
function inHand(all) {
  const open = all.find((row) => row.querySelector("[aria-current]"));
  const focused = handedOn
    ? all.find((row) => numberOf(row) === handedOn)
    : document.activeElement.closest("[data-row]");
  return { row: open ?? focused ?? all.find((row) => topOf(row) >= 0), hasFocus: Boolean(open ?? focused) };
}

addEventListener("pagehide", () => {
  const list = shown();
  if (!list) return;
  const all = rowsOf(list),
    kept = recall(),
    { row, hasFocus } = inHand(all);
  if (!row) return;
  // Where it has gone by then, the next one is in hand.
  const rows = all.slice(all.indexOf(row)).map(numberOf);
  const isList = list.matches(".listing");
  const place = isList ? { top: topOf(row), count: all.length } : { top: kept?.top ?? 0, count: kept?.count ?? 0 };
  sessionStorage.setItem(KEPT, JSON.stringify({ address: list.dataset.list, rows, hasFocus, ...place }));
});

async function comeBack() {
  const list = shown(),
    kept = list?.matches(".listing") && recall();
  if (!kept) return;
  await loadAgain(list, kept.count);
  const there = new Map(rowsOf(list).map((row) => [numberOf(row), row]));
  const row = there.get(kept.rows.find((number) => there.has(number)));
  if (!row) return;
  row.closest(".scroll").scrollTop += topOf(row) - kept.top;
  if (!kept.hasFocus) return;
  row.querySelector(".open").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

// As many pages as there were, in one answer.
async function loadAgain(list, count) {
  const there = rowsOf(list).length,
    more = list.querySelector(".more a");
  if (!more || count <= there) return;
  const pages = Math.ceil((count - there) / there);
  await htmx.ajax("GET", `${more.getAttribute("hx-get")}&pages=${pages}`, {
    target: more.closest("li"),
    swap: "outerHTML",
  });
}

// What comes late does not move a list that somebody has a hand on: it waits to be asked for.
const isHeld = (list) =>
  ticked().length > 0 || list.matches(":hover, :focus-within") || list.closest(".scroll").scrollTop > 0;

document.addEventListener("htmx:beforeSwap", (event) => {
  const rows = document.querySelector("#inbox .rows");
  if (event.detail.target.id !== "inbox" || !rows || !isHeld(rows)) return;
  event.detail.shouldSwap = false;
  showPart(event.detail.requestConfig.elt, "here");
});

document.addEventListener("htmx:afterSettle", showSelection);
showSelection();
comeBack();
