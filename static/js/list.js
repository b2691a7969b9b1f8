// A list of conversations: its selection, and the reader's place in it after a look at another page.

import { showPart } from "./lib/elements.js";
import { listen } from "./lib/events.js";
import { fill } from "./lib/text.js";

const boxes = () => [...document.querySelectorAll(".pick input")];
const ticked = () => boxes().filter((box) => box.checked);

// -- selection ----------------------------------------------------------------

let withShift = false;
let lastTicked = "";

// A click on the label comes first: only that one has the Shift key.
listen("click", ".pick", (_pick, { target, shiftKey }) => {
  withShift ||= shiftKey;
  if (!target.matches("input")) return;
  if (withShift) tickRange(target);
  withShift = false;
  lastTicked = target.value;
});
listen("click", "[data-select-none]", () => tickAll(false));
listen("change", "[data-select-page], .everything input", (box) => tickAll(box.checked));
listen("change", ".pick input", showSelection);

// From the box ticked before to this one.
function tickRange(box) {
  const all = boxes();
  const ends = [all.findIndex((one) => one.value === lastTicked), all.indexOf(box)].sort((a, b) => a - b);
  if (ends[0] < 0) return;
  for (const one of all.slice(ends[0], ends[1] + 1)) one.checked = box.checked;
  showSelection();
}

function tickAll(isTicked) {
  for (const box of boxes()) box.checked = isTicked;
  showSelection();
}

function showSelection() {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const chosen = ticked();
  const page = bar.querySelector("[data-select-page]");
  const number = bar.querySelector("[data-selected]");
  const everything = bar.querySelector(".everything input");
  everything.checked &&= chosen.length === boxes().length;
  page.checked = chosen.length > 0 && chosen.length === boxes().length;
  page.indeterminate = chosen.length > 0 && !page.checked;
  number.textContent = fill(number.dataset.words, { n: chosen.length });
  const tags = new Set(chosen.flatMap((box) => box.closest("[data-row]").dataset.tags.split(" ")));
  for (const button of bar.querySelectorAll("[data-untag]"))
    button.disabled = !everything.checked && !tags.has(button.dataset.untag);
}

// -- the reader's place -------------------------------------------------------

const KEPT = "list";
const shown = () => document.querySelector("[data-list]");
const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];
const numberOf = (row) => row.dataset.row;
const topOf = (row) => row.getBoundingClientRect().top - row.closest(".scroll").getBoundingClientRect().top;

function recall(list) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT));
  return kept?.address === list.dataset.list ? kept : null;
}

// After a bulk action: the first row below the selection.
let following = "";
listen("submit", "#bulk", () => {
  const all = rowsOf(shown());
  const isFree = (row) => !row.querySelector(".pick input")?.checked;
  const lowest = all.findLastIndex((row) => !isFree(row));
  following = all.slice(lowest).find(isFree)?.dataset.row ?? "";
});

// The current row: its conversation is open, it has the focus, or it is the first in sight.
function findCurrent(all) {
  const open = all.find((row) => row.querySelector("[aria-current]"));
  const focused = following
    ? all.find((row) => numberOf(row) === following)
    : document.activeElement.closest("[data-row]");
  return { row: open ?? focused ?? all.find((row) => topOf(row) >= 0), hasFocus: Boolean(open ?? focused) };
}

addEventListener("pagehide", () => {
  const list = shown();
  const all = list ? rowsOf(list) : [];
  const { row, hasFocus } = findCurrent(all);
  if (!row) return;
  const { top, count = 0 } = list.matches(".listing") ? { top: topOf(row), count: all.length } : (recall(list) ?? {});
  // The rows below it take its place if it is gone by then.
  const rows = all.slice(all.indexOf(row)).map(numberOf);
  sessionStorage.setItem(KEPT, JSON.stringify({ address: list.dataset.list, rows, hasFocus, top, count }));
});

async function restorePlace() {
  const list = shown();
  const kept = list?.matches(".listing") && recall(list);
  if (!kept) return;
  await loadPages(list, kept.count);
  const there = new Map(rowsOf(list).map((row) => [numberOf(row), row]));
  const row = there.get(kept.rows.find((number) => there.has(number)));
  if (!row) return;
  // A conversation opened without its list has no place in it.
  if (kept.top !== undefined) row.closest(".scroll").scrollTop += topOf(row) - kept.top;
  if (!kept.hasFocus) return;
  row.querySelector(".open").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

// As many pages as there were, in one answer.
async function loadPages(list, count) {
  const there = rowsOf(list).length;
  const more = list.querySelector(".more a");
  if (!more || count <= there) return;
  const pages = Math.ceil((count - there) / there);
  const target = more.closest("li");
  await htmx.ajax("GET", `${more.getAttribute("hx-get")}&pages=${pages}`, { target, swap: "outerHTML" });
}

// A late answer does not move a list in use: a button offers it.
const isInUse = (list) =>
  ticked().length > 0 || list.matches(":hover, :focus-within") || list.closest(".scroll").scrollTop > 0;

listen("htmx:beforeSwap", "#inbox", (inbox, { detail }) => {
  const rows = inbox.querySelector(".rows");
  if (detail.target !== inbox || !rows || !isInUse(rows)) return;
  detail.shouldSwap = false;
  showPart(detail.requestConfig.elt, "here");
});

// With all selected, rows loaded later are ticked too.
document.addEventListener("htmx:afterSettle", () => {
  if (document.querySelector(".everything :checked")) tickAll(true);
  else showSelection();
});
showSelection();
restorePlace();
