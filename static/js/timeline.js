// Lines of many points, drawn over the picture that the server has made: it keeps the grid, the limits
// and all words. So no moment is read here, only its place.

import uPlot from "../vendor/uplot.js";
import { onLoad } from "./lib/events.js";

const SELECTOR = "[data-timeline]";
const plots = new WeakMap();
const svgOf = (chart) => chart.querySelector(".plot > svg");

// Canvases do not know the theme: each colour is that of the same line in the picture.
const colourOf = (path, property) => () => getComputedStyle(path)[property];

function seriesOf(path) {
  const dash = path.hasAttribute("data-dashed") ? [5, 4] : undefined;
  return { stroke: colourOf(path, "stroke"), width: 2, dash, points: { show: false } };
}

function optionsOf(chart, points) {
  const [paths, band] = [[...chart.querySelectorAll(".line")], chart.querySelector(".band")];
  const edges = points.band.map(() => ({ stroke: "transparent", points: { show: false } }));
  const first = paths.length + 1;
  return {
    ...sizeOf(chart),
    padding: [0, 0, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: { x: { time: false, range: () => points.ends }, y: { range: () => [0, points.top] } },
    axes: [{ show: false }, { show: false }],
    series: [{}, ...paths.map(seriesOf), ...edges],
    bands: band ? [{ series: [first, first + 1], fill: colourOf(band, "fill") }] : [],
    hooks: { setCursor: [(plot) => say(chart, points.said[plot.cursor.idx])] },
  };
}

function sizeOf(chart) {
  const height = Number(chart.querySelector(".drawing").getAttribute("height"));
  return { width: Math.max(1, Math.floor(svgOf(chart).getBoundingClientRect().width)), height };
}

function say(chart, text) {
  chart.querySelector("[data-said]").textContent = text ?? "";
}

function draw(chart) {
  const points = JSON.parse(chart.dataset.points);
  const place = chart.querySelector("[data-canvas]");
  const plot = new uPlot(optionsOf(chart, points), [points.at, ...points.values, ...points.band], place);
  plots.set(chart, plot);
  chart.dataset.timeline = "drawn";
  new ResizeObserver(() => plot.setSize(sizeOf(chart))).observe(chart);
}

function redrawAll() {
  for (const chart of document.querySelectorAll(SELECTOR)) plots.get(chart)?.redraw(false);
}

onLoad(SELECTOR, draw);
document.addEventListener("htmx:beforeCleanupElement", ({ target }) => plots.get(target)?.destroy());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
new MutationObserver(redrawAll).observe(document.documentElement, { attributeFilter: ["data-theme"] });
