// One chart of stacked bars: money by cause, or mentions by hour. The server says what to draw; the table beside it
// has every number. Also what the print button does.
import { counted, t } from "./texts.js";

const place = document.querySelector("[data-bars]");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
let chart, data;

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const number = (value) => (data.whole ? counted(value) : `${counted(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${data.unit}`);

function spoken() {
  const sums = data.series.map((one) => `${one.name} ${number(one.values.reduce((all, value) => all + value, 0))}`);
  return t("%(title)s: %(count)s bars. %(sums)s. Every number is in the table on this page.", { title: data.title, count: data.labels.length, sums: sums.join(", ") });
}

function tooltip(paint) {
  return {
    trigger: "axis", renderMode: "richText", confine: true, transitionDuration: 0,
    axisPointer: { type: "shadow", shadowStyle: { color: paint.ink, opacity: 0.06 } },
    backgroundColor: paint.raised, borderColor: paint["edge-strong"], borderWidth: 1, padding: [8, 12],
    textStyle: { color: paint.ink, fontSize: 13, fontFamily: getComputedStyle(document.body).fontFamily },
    formatter(marks) {
      const at = marks[0].dataIndex;
      const lines = data.series.map((one) => `${one.name} ${number(one.values[at])}`);
      return [short(data.labels[at], 60), ...lines, ...(data.shaded?.includes(at) ? [data.shade] : [])].join("\n");
    },
  };
}

function option() {
  const names = ["negative", "neutral", "positive", "accent", "ink", "ink-2", "ink-3", "edge", "edge-strong", "raised", "look-mark"];
  const paint = Object.fromEntries(names.map((name) => [name, token(name)]));
  const text = { color: paint["ink-2"], fontSize: 13, fontFamily: getComputedStyle(document.body).fontFamily };
  const narrow = place.clientWidth < 500;
  const wording = (value, at) => (data.ticks ? data.ticks[at] : short(value, narrow ? 16 : 34));
  const called = {
    type: "category", data: data.labels, inverse: data.lying === true, axisTick: { show: false }, axisLine: { lineStyle: { color: paint["edge-strong"] } },
    axisLabel: { ...text, hideOverlap: true, formatter: wording, ...(data.ticks ? { interval: (at) => data.ticks[at] !== "" } : { interval: 0 }) },
  };
  const values = { type: "value", min: 0, splitNumber: narrow ? 2 : 4, axisLabel: { ...text, hideOverlap: true, formatter: (value) => counted(value) }, splitLine: { lineStyle: { color: paint.edge } }, ...(data.whole ? { minInterval: 1 } : {}) };
  const shade = {
    name: data.shade, type: "bar", xAxisIndex: 1, yAxisIndex: 1, silent: true, z: 0, barWidth: "100%", barGap: "-100%", tooltip: { show: false }, emphasis: { disabled: true },
    data: data.labels.map((_, at) => (data.shaded?.includes(at) ? 1 : null)), itemStyle: { color: paint.ink, opacity: 0.08 },
  };
  const hidden = [{ type: "category", data: data.labels, show: false }, { type: "value", min: 0, max: 1, show: false }];
  return {
    animation: !still.matches, animationDuration: 200, aria: { enabled: true, label: { description: spoken() } },
    grid: { left: 4, right: 16, top: 12, bottom: 4, containLabel: true }, tooltip: tooltip(paint),
    xAxis: data.lying ? [values] : [called, hidden[0]],
    yAxis: data.lying ? [called] : [values, hidden[1]],
    series: [
      ...(data.shaded ? [shade] : []),
      ...data.series.map((one) => ({
        name: one.name, type: "bar", stack: "all", data: one.values, itemStyle: { color: paint[one.colour] }, emphasis: { disabled: true },
        barCategoryGap: data.lying ? "40%" : "18%", barMaxWidth: 28,
      })),
    ],
  };
}

function draw() {
  if (!data) return;
  if (!chart) {
    place.replaceChildren();
    place.setAttribute("role", "img");
    chart = window.echarts.init(place, null, { renderer: "svg" });
    new ResizeObserver(() => chart.resize()).observe(place);
  }
  chart.setOption(option(), { notMerge: true });
}

async function load() {
  const answer = await fetch(place.dataset.bars, { headers: { accept: "application/json" } }).catch(() => null);
  if (answer?.ok) data = await answer.json();
  else if (!data) place.firstElementChild.textContent = t("The chart could not be loaded. The table below has every number; reload the page to try again.");
  draw();
}

if (place) {
  place.firstElementChild.textContent = "";
  load();
  for (const query of [dark, still]) query.addEventListener("change", draw);
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
