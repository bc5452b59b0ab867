// On every page: times stay current, the bar and the counts follow the events, a lost connection is said.
import { listen } from "./live.js";
import { t } from "./texts.js";
import { keepCurrent, refresh } from "./times.js";

const connection = document.getElementById("connection");
let lost, again, drawn = -1000;

function state(now) {
  clearTimeout(lost);
  if (!connection) return;
  if (now === "open") { connection.hidden = true; return; }
  lost = setTimeout(() => {
    connection.textContent = t("Reconnecting. What you see may be old; what you type is kept on this device.");
    connection.hidden = false;
  }, 3000);
}

async function redrawBar() {
  const answer = await fetch("/bar").catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const old = document.getElementById("bar"), next = fresh.getElementById("bar");
  if (old && next && !old.contains(document.activeElement)) old.replaceWith(next);
  const waiting = next?.dataset.waiting ?? "";
  for (const place of document.querySelectorAll("[data-live=waiting]")) place.textContent = waiting;
  document.dispatchEvent(new CustomEvent("amends:waiting", { detail: Number(waiting) }));
  refresh();
}

function note(event) {
  document.dispatchEvent(new CustomEvent(`amends:${event.kind}`, { detail: event.detail }));
  if (event.kind === "reload") { document.dispatchEvent(new CustomEvent("amends:stale")); }
  again ??= setTimeout(() => { again = undefined; drawn = performance.now(); redrawBar(); }, Math.max(100, drawn + 1000 - performance.now()));
}

const going = () => { try { return sessionStorage.getItem("amends-approved-together"); } catch { return null; } }; // see going.js

if (going() && !document.querySelector("#queue, #cards")) import("./away.js");
keepCurrent();
listen({ note, state });
