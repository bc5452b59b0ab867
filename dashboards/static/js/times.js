// Keeps every <time data-way> current. The words are those of dashboards/spoken.py.
import { t } from "./texts.js";

const server = Date.parse(document.querySelector('meta[name="now"]')?.content ?? "");
const ahead = Number.isNaN(server) ? 0 : server - Date.now(); // the server's clock is the one that counts

function span(seconds) {
  const s = Math.max(0, Math.floor(seconds)), minutes = Math.floor(s / 60), hours = Math.floor(s / 3600);
  if (minutes < 1) return `${s} s`;
  if (hours < 1) return `${minutes} min`;
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return t("%(days)s days", { days: Math.floor(hours / 24) });
}

export function relative(moment, now, way) {
  const passed = (now - moment) / 1000;
  if (way === "until" || way === "due") {
    if (passed > -5 && passed < 60) return way === "due" ? t("due now") : t("any moment");
    return passed < 0 ? t("in %(span)s", { span: span(-passed) }) : t("overdue by %(span)s", { span: span(passed) });
  }
  if (way === "for") return span(passed);
  return way === "waiting" ? t("waiting %(span)s", { span: span(passed) }) : t("%(span)s ago", { span: span(passed) });
}

export function refresh(root = document) {
  for (const tag of root.querySelectorAll("time[data-way]")) {
    const words = relative(Date.parse(tag.dateTime), Date.now() + ahead, tag.dataset.way);
    if (tag.textContent !== words) tag.textContent = words;
  }
}

export function keepCurrent() {
  refresh();
  setInterval(refresh, 5000);
}
