// The list of waiting replies. It knows the ids of all of them in order, and draws only the rows that can be seen: which
// one is chosen, what is new, what others took. Nothing that arrives moves what stands here.
import { fragment, json } from "./api.js";
import { t } from "./texts.js";
import { refresh } from "./times.js";

const OVER = 8, AHEAD = 24, KEPT = 600; // rows drawn above and below what is seen; rows fetched beyond; rows remembered
const SOON = 200, LATE = 30_000; // ms until what happened is asked about; the longest pause while nothing answers
const list = document.getElementById("list"), button = document.getElementById("arrivals"), sizer = document.createElement("li");
const made = new Map(), gone = new Map(), left = new Map(), arrived = new Set(), asked = new Set();
let order = [], total = -1, chosen = null, height = 116, query = list.dataset.query, loading = Promise.resolve(), drawing = loading, turn = 0, frame;

const link = (li) => li.querySelector(".row");
const open = (id) => !gone.has(id);
export const row = (id) => { const li = made.get(Number(id)); return li?.isConnected ? link(li) : null; };
export const current = () => (chosen === null ? null : row(chosen));
export const has = (id) => order.includes(Number(id));
export const asks = () => query;
export const first = () => order.find(open);
export const address = (id) => { const all = [query, id ? `draft=${id}` : ""].filter(Boolean).join("&"); return all ? `/queue?${all}` : "/queue"; };
const with_ = (path, more = "") => `${path}?${[query, more].filter(Boolean).join("&")}`;

// The reply to go to from the chosen one: step 1 next, -1 previous; the other way at the end of the list.
export function neighbour(step, { turn: other = false } = {}) {
  let at = order.indexOf(chosen);
  if (at < 0 && step < 0) return other ? neighbour(1) : undefined;
  for (at += step; at >= 0 && at < order.length; at += step) if (open(order[at])) return order[at];
  return other ? neighbour(-step) : undefined;
}

// Where Home, End and the page keys lead from the chosen reply.
export async function jump(key) {
  if (key === "End") await loading;
  const page = Math.max(1, Math.floor(list.clientHeight / height) - 1), last = order.length - 1;
  const to = { Home: 0, End: last, PageUp: order.indexOf(chosen) - page, PageDown: order.indexOf(chosen) + page }[key];
  const at = Math.min(Math.max(to, 0), last), down = key === "Home" || key === "PageUp";
  return (down ? order.slice(at).find(open) : order.slice(0, at + 1).findLast(open)) ?? first();
}

export function choose(id) {
  chosen = Number(id);
  const at = order.indexOf(chosen), top = at * height;
  if (at >= 0 && top < list.scrollTop) list.scrollTop = top;
  else if (at >= 0 && top + height > list.scrollTop + list.clientHeight) list.scrollTop = top + height - list.clientHeight;
  draw();
}

// Decided here: leaves at once. Decided elsewhere: stays in its place, dimmed, until the list is drawn anew.
export function leave(id) {
  const at = order.indexOf(id);
  arrived.delete(id);
  if (at >= 0) { left.set(id, at); order.splice(at, 1); total -= 1; draw(); }
  show();
}
export function mark(id, words) {
  if (arrived.delete(id)) show();
  if (!has(id)) return;
  gone.set(id, words);
  if (made.has(id)) dim(id);
}
export function back(id) {
  gone.delete(id);
  if (left.has(id) && !has(id)) { order.splice(left.get(id), 0, id); total += 1; left.delete(id); draw(); }
  if (!has(id)) { check(id); return; }
  renewRow(id);
}

function dim(id) {
  const place = link(made.get(id)), words = place.querySelector(".gone");
  place.toggleAttribute("data-gone", gone.has(id));
  if (!words) return;
  words.hidden = !gone.has(id);
  words.textContent = gone.get(id) ?? "";
}

function show() {
  button.hidden = arrived.size === 0;
  const words = t("%(count)s new ↑", { count: arrived.size });
  if (button.textContent !== words && arrived.size) button.textContent = words;
}

// --- what is drawn --------------------------------------------------------------------------------------------
function draw() {
  frame = undefined;
  const from = Math.max(0, Math.floor(list.scrollTop / height) - OVER);
  const to = Math.min(order.length, Math.ceil((list.scrollTop + list.clientHeight) / height) + OVER);
  const focused = Number(document.activeElement?.closest?.("#list .row")?.dataset.id);
  // The chosen row and the one with the focus stay, however far they are scrolled away: a key goes on from there.
  const pinned = [chosen, focused].map((id) => order.indexOf(id)).filter((at) => at >= 0 && (at < from || at >= to));
  const places = [...new Set([...pinned, ...Array.from({ length: Math.max(0, to - from) }, (_, place) => from + place)])].sort((a, b) => a - b);
  const wanted = new Set(places.map((at) => order[at]));
  for (const li of [...list.children]) if (li !== sizer && !wanted.has(Number(li.dataset.row))) li.remove();
  let next = list.firstElementChild === sizer ? sizer.nextElementSibling : list.firstElementChild;
  for (const at of places) {
    const li = made.get(order[at]) ?? blank(order[at]);
    if (li === next) next = next.nextElementSibling;
    else list.insertBefore(li, next);
    place(li, at);
  }
  sizer.style.height = `${order.length * height}px`;
  if (from > to || places.some((at) => made.get(order[at]).dataset.blank)) fill(from, to);
}

function place(li, at) {
  const row = link(li), id = order[at];
  li.style.top = `${at * height}px`;
  li.setAttribute("aria-posinset", at + 1);
  li.setAttribute("aria-setsize", total);
  if (id === chosen) row.setAttribute("aria-current", "true");
  else row.removeAttribute("aria-current");
  if (gone.has(id)) dim(id);
}

// A row whose words are still to come. The link in it stays when they do, and with it the focus.
function blank(id) {
  const li = document.createElement("li"), row = document.createElement("a");
  row.className = "row";
  row.href = address(id);
  row.dataset.id = li.dataset.row = id;
  row.setAttribute("aria-busy", "true");
  li.dataset.blank = "yes";
  li.append(row);
  made.set(id, li);
  return li;
}

async function fill(from, to) {
  const near = order.slice(Math.max(0, from - AHEAD), to + AHEAD), pins = [chosen].filter((id) => id !== null && has(id));
  const ids = [...new Set([...pins, ...near])].filter((id) => !asked.has(id) && (!made.has(id) || made.get(id).dataset.blank)).slice(0, 100);
  if (ids.length) await fetchRows(ids);
}

async function fetchRows(ids) {
  if (!ids.length) return; // nothing stands in this view
  for (const id of ids) asked.add(id);
  const view = new URLSearchParams(query).get("view");
  const body = await fragment(`/queue/rows?ids=${ids.join(",")}${view ? `&view=${view}` : ""}`).catch(() => null);
  for (const id of ids) asked.delete(id);
  if (!body) return; // tried again at the next scroll
  const found = new Map([...body.querySelectorAll(".row")].map((row) => [Number(row.dataset.id), row]));
  for (const id of ids) { if (found.has(id)) put(id, found.get(id)); else if (made.has(id)) gone.set(id, t("gone")); }
  forget();
  draw();
}

function put(id, fresh) {
  const li = made.get(id) ?? blank(id), row = link(li);
  row.replaceChildren(...fresh.childNodes);
  row.removeAttribute("aria-busy");
  delete li.dataset.blank;
  if ("gone" in fresh.dataset && !gone.has(id)) gone.set(id, row.querySelector(".gone").textContent);
  dim(id);
  refresh(li);
}

function forget() {
  for (const [id, li] of made) { if (made.size <= KEPT) return; if (!li.isConnected) made.delete(id); }
}

export const renewRow = (id) => (made.has(id) && !made.get(id).dataset.blank ? fetchRows([id]) : undefined);

// --- what is listed -------------------------------------------------------------------------------------------
async function tell(mine) {
  let told = await json(with_("/queue/order"));
  if (mine !== turn) return null;
  const ids = told.ids, count = told.total;
  loading = (async () => {
    const known = new Set(ids);
    while (told.next && mine === turn) {
      told = await json(with_("/queue/order", `after=${encodeURIComponent(told.next)}`));
      if (mine !== turn) return;
      for (const id of told.ids) if (!known.has(id) && !left.has(id)) { known.add(id); order.push(id); }
      soon();
    }
    if (mine === turn) { total = order.length; soon(); }
  })().catch(() => {});
  return { ids, count };
}

// Draws the list anew from its start, with everything that came in; the chosen reply stays chosen.
export function renew(how) { drawing = anew(how); return drawing; }
async function anew({ asking = query, keep = false } = {}) {
  const focused = list.contains(document.activeElement), mine = ++turn;
  query = asking;
  const told = await tell(mine);
  if (!told) return false;
  order = told.ids;
  total = told.count;
  arrived.clear();
  left.clear();
  if (!keep) { gone.clear(); for (const [id, li] of made) if (!li.isConnected || !order.includes(id)) made.delete(id); else asked.delete(id); }
  show();
  if (!keep) list.scrollTop = 0;
  draw();
  if (!keep) fetchRows([...made.keys()].filter((id) => has(id)).slice(0, 100));
  if (focused) (current() ?? list.querySelector(".row"))?.focus({ preventScroll: true });
  return true;
}

// --- what others did ------------------------------------------------------------------------------------------
let checking = false;
const unsure = new Map(); // id → what to say of it when it belongs here no more
const pause = (time) => new Promise((then) => { setTimeout(then, time); });

// Whether a reply belongs to what is listed, now: what is new waits at the top, what is not any more is dimmed.
export async function check(id, words = "") {
  unsure.set(id, words);
  if (checking) return;
  checking = true;
  for (let wait = SOON; unsure.size; wait = (await ask()) ? SOON : Math.min(2 * wait, LATE)) await pause(wait);
  checking = false;
}

// One question about up to 200 of them. No answer, or another list meanwhile: they are asked about again.
async function ask() {
  await Promise.allSettled([drawing, loading]);
  const some = [...unsure].slice(0, 200), mine = turn, belong = new Set();
  for (const [id] of some) unsure.delete(id);
  const told = await json(with_("/queue/among", `ids=${some.map(([id]) => id).join(",")}`)).catch(() => null);
  if (!told || mine !== turn) { for (const [id, words] of some) if (!unsure.has(id)) unsure.set(id, words); return Boolean(told); }
  for (const id of told.ids) belong.add(id);
  for (const [id, words] of some) {
    if (belong.has(id)) { if (has(id)) { gone.delete(id); renewRow(id); } else arrived.add(id); } else if (has(id)) mark(id, words || t("not in this view any more")); else arrived.delete(id);
  }
  show();
  document.dispatchEvent(new CustomEvent("amends:checked"));
  return true;
}

// --- at the start ---------------------------------------------------------------------------------------------
function take() {
  for (const li of [...list.children]) {
    const row = link(li);
    if (!row) { li.remove(); continue; }
    const id = Number(row.dataset.id);
    li.dataset.row = id;
    made.set(id, li);
    order.push(id);
    if (row.hasAttribute("aria-current")) chosen = id;
  }
}

function measure() {
  const li = list.querySelector("li[data-row]"), now = li?.getBoundingClientRect().height;
  if (now) height = now;
  draw();
}
const soon = () => { frame ??= requestAnimationFrame(draw); };

const more = list.querySelector("[data-more]")?.dataset.more;
take();
sizer.className = "sizer";
sizer.setAttribute("aria-hidden", "true");
list.prepend(sizer);
list.classList.add("virtual");
total = more ? -1 : order.length; // -1: nobody knows yet, as ARIA has it
measure();
list.addEventListener("scroll", soon, { passive: true });
new ResizeObserver(measure).observe(list);
if (more) renew({ keep: true }).catch(() => {});
