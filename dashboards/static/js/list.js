// The list of waiting replies: which one is chosen, more on scroll, what is new, what others took.
import { fragment } from "./api.js";
import { refresh } from "./times.js";

const list = document.getElementById("list"), button = document.getElementById("arrivals");
const arrived = new Set();
let more = "", loading = null;

const rows = () => [...list.querySelectorAll(".row")];
export const row = (id) => list.querySelector(`.row[data-id="${Number(id)}"]`);
export const current = () => list.querySelector(".row[aria-current]");
const open = (row) => !row.hidden && !("gone" in row.dataset);

// The reply to go to from the chosen one: step 1 next, -1 previous; the other way at the end of the list.
export function neighbour(step, { turn = false } = {}) {
  const all = rows(), at = all.indexOf(current());
  const ahead = step > 0 ? all.slice(at + 1) : all.slice(0, Math.max(0, at)).reverse();
  return ahead.find(open) ?? (turn ? neighbour(-step) : undefined);
}

export function choose(id) {
  current()?.removeAttribute("aria-current");
  const chosen = row(id);
  chosen?.setAttribute("aria-current", "true");
  chosen?.scrollIntoView({ block: "nearest" });
  if (rows().at(-5) && rows().indexOf(chosen) > rows().length - 5) loadMore();
}

// Decided here: leaves at once. Decided elsewhere: stays in its place, dimmed, until the list is drawn anew.
export function leave(id) { const gone = row(id); if (gone) gone.parentElement.hidden = gone.hidden = true; arrived.delete(id); show(); }
export function mark(id, words) {
  const gone = row(id);
  if (arrived.delete(id)) show();
  if (!gone || gone.hidden) return;
  gone.dataset.gone = "";
  const place = gone.querySelector(".gone");
  place.textContent = words;
  place.hidden = false;
}
export function back(id) {
  const returned = row(id);
  if (!returned) { arrived.add(id); show(); return; }
  returned.parentElement.hidden = returned.hidden = false;
  delete returned.dataset.gone;
  returned.querySelector(".gone").hidden = true;
}
export const has = (id) => row(id) !== null;

function show() {
  button.hidden = arrived.size === 0;
  const words = `${arrived.size} new ↑`;
  if (button.textContent !== words && arrived.size) button.textContent = words;
}

function take(body) {
  more = body.querySelector("[data-more]")?.dataset.more ?? "";
  const known = new Set(rows().map((row) => row.dataset.id));
  return [...body.querySelectorAll(".row")].filter((row) => !known.has(row.dataset.id)).map((row) => row.parentElement);
}

export function loadMore() {
  if (!more || loading) return loading;
  loading = fragment(`/queue/list?after=${encodeURIComponent(more)}`)
    .then((body) => { list.append(...take(body)); refresh(list); loading = null; nearEnd(); })
    .catch(() => { loading = null; }); // tried again at the next scroll
  return loading;
}

function nearEnd() { if (list.scrollTop + list.clientHeight > list.scrollHeight - 600) loadMore(); }

// Draws the list anew from its start, with everything that came in; the chosen reply stays chosen.
export async function renew() {
  const chosen = current()?.dataset.id, focused = list.contains(document.activeElement);
  const body = await fragment("/queue/list");
  list.replaceChildren();
  list.append(...take(body));
  arrived.clear();
  show();
  refresh(list);
  if (chosen) choose(chosen);
  list.scrollTop = 0;
  if (focused) (current() ?? rows()[0])?.focus();
}

export const first = () => rows().find(open);

more = list.querySelector("[data-more]")?.dataset.more ?? "";
list.addEventListener("scroll", nearEnd, { passive: true });
