// The charts of the trends page. All numbers come from /trends/chart; the table on the page says the same.
import { redrawOn, redrawParts } from "./parts.js";
import { counted, t, tn } from "./texts.js";

const hero = document.getElementById("hero");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const charts = new Map();
let data;

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function colours() {
  const names = ["negative", "neutral", "positive", "ink", "ink-2", "edge", "raised", "edge-strong", "ground"];
  return Object.fromEntries(names.map((name) => [name, token(name)]));
}

const bar = (name, values, colour) => ({
  name, type: "bar", stack: "sentiment", data: values, itemStyle: { color: colour }, barCategoryGap: "18%", barMaxWidth: 48, emphasis: { disabled: true },
});

// The line lies on a wider one in the page's own colour, so that it stands out from every bar it crosses.
function anger(values, paint, small) {
  const line = { type: "line", data: values, symbol: "none", silent: true, emphasis: { disabled: true } };
  const width = small ? 1.5 : 2;
  return [
    { ...line, name: "edge", z: 4, lineStyle: { color: paint.ground, width: width + 3 }, tooltip: { show: false } },
    { ...line, name: t("outage anger"), z: 5, lineStyle: { color: paint.ink, width }, itemStyle: { color: paint.ink } },
  ];
}

// A shade behind every bucket that an incident touches: full-height bars on an axis pair of their own, so that the
// shade never ends in the middle of a bar and takes no width from the others. Where incidents overlap it is darker.
function shades(count, paint) {
  return data.incidents.map((one) => ({
    name: one.title, type: "bar", xAxisIndex: 1, yAxisIndex: 1, silent: true, z: 0, barWidth: "100%", barGap: "-100%",
    data: Array.from({ length: count }, (_, place) => (place >= one.first_bucket && place <= one.last_bucket ? 1 : null)),
    itemStyle: { color: paint.ink, opacity: 0.08 }, tooltip: { show: false }, emphasis: { disabled: true },
  }));
}

function tooltip(paint, found) {
  return {
    trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow", shadowStyle: { color: paint.ink, opacity: 0.06 } },
    backgroundColor: paint.raised, borderColor: paint["edge-strong"], borderWidth: 1, padding: [8, 12],
    textStyle: { color: paint.ink, fontSize: 13, fontFamily: getComputedStyle(document.body).fontFamily },
    transitionDuration: 0,
    formatter(marks) {
      const place = marks[0].dataIndex, bucket = data.buckets[place], counts = found[place];
      const open = data.incidents.filter((one) => place >= one.first_bucket && place <= one.last_bucket).map((one) => one.title);
      const said = ["positive", "neutral", "negative"].map((name) => `${t(name)} ${counted(counts[name])}`);
      const lines = counts.volume ? [tn("%(num)s mention", "%(num)s mentions", counts.volume), ...said, `${t("outage anger")} ${counted(counts.outage_anger)}`] : [t("no mentions")];
      return [bucket.label, ...lines, ...open.map((title) => (title.length > 48 ? `${title.slice(0, 47)}…` : title))].join("\n");
    },
  };
}

function option(found, { small, title }) {
  const paint = colours(), pick = (name) => found.map((counts) => counts[name]);
  const text = { color: paint["ink-2"], fontSize: small ? 12 : 13, fontFamily: getComputedStyle(document.body).fontFamily };
  return {
    animation: !still.matches, animationDuration: 200, animationDurationUpdate: 200,
    aria: { enabled: true, label: { description: spoken(found, title) } },
    grid: { left: 4, right: 8, top: 12, bottom: 4, containLabel: true },
    tooltip: tooltip(paint, found),
    xAxis: [{
      type: "category", data: data.buckets.map((bucket) => bucket.start), axisTick: { show: false }, axisLine: { lineStyle: { color: paint["edge-strong"] } },
      axisLabel: { ...text, hideOverlap: true, interval: (place) => data.buckets[place].tick !== "", formatter: (_, place) => data.buckets[place].tick },
    }, { type: "category", data: data.buckets.map((bucket) => bucket.start), show: false }],
    yAxis: [
      { type: "value", min: 0, minInterval: 1, splitNumber: small ? 2 : 4, axisLabel: { ...text, formatter: (value) => counted(value) }, splitLine: { lineStyle: { color: paint.edge } } },
      { type: "value", min: 0, max: 1, show: false },
    ],
    series: [
      ...shades(found.length, paint),
      bar(t("negative"), pick("negative"), paint.negative),
      bar(t("neutral"), pick("neutral"), paint.neutral),
      bar(t("positive"), pick("positive"), paint.positive),
      ...anger(pick("outage_anger"), paint, small),
    ],
  };
}

function spoken(found, title) {
  const sum = (name) => found.reduce((all, counts) => all + counts[name], 0);
  const top = found.reduce((best, counts, place) => (counts.volume > found[best].volume ? place : best), 0);
  return t(
    "%(title)s: bars by %(bucket)s. %(all)s mentions, %(negative)s negative, %(neutral)s neutral, %(positive)s positive, %(anger)s outage anger. Most, %(most)s, on %(when)s. Every number is in the table on this page.",
    {
      title, bucket: data.bucket === "hour" ? t("hour") : t("day"), all: counted(sum("volume")), negative: counted(sum("negative")), neutral: counted(sum("neutral")), positive: counted(sum("positive")),
      anger: counted(sum("outage_anger")), most: counted(found[top].volume), when: data.buckets[top].label,
    },
  );
}

function draw(place, found, look) {
  let chart = charts.get(place);
  if (!chart) {
    place.replaceChildren();
    chart = window.echarts.init(place, null, { renderer: "svg" });
    charts.set(place, chart);
    new ResizeObserver(() => chart.resize()).observe(place);
  }
  place.setAttribute("role", "img");
  chart.setOption(option(found, look), { notMerge: true });
}

function drawAll() {
  if (!data) return;
  draw(hero, data.buckets, { small: false, title: t("Mentions by sentiment") });
  for (const part of data.by_platform) {
    const place = document.querySelector(`[data-platform="${part.platform}"]`);
    if (place) draw(place, part.buckets, { small: true, title: part.name });
  }
}

async function load() {
  const answer = await fetch(hero.dataset.address, { headers: { accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) {
    if (!data) hero.firstElementChild.textContent = t("The chart could not be loaded. The table below has every number; reload the page to try again.");
    return;
  }
  data = await answer.json();
  drawAll();
}

if (hero) {
  hero.firstElementChild.textContent = "";
  setTimeout(() => { if (!data) hero.classList.add("loading"); }, 300);
  load().finally(() => hero.classList.remove("loading"));
  dark.addEventListener("change", drawAll);
  still.addEventListener("change", drawAll);
}
// Without bars there may be some now; with bars, numbers and charts follow.
redrawOn(["trends"], () => (hero ? Promise.all([redrawParts(), load()]) : location.reload()), 5000);
