// Who else looks at a reply or edits it: said of this page to the server, shown of the others in list and pane.
import { people } from "./live.js";
import { t, tn } from "./texts.js";
import { refresh } from "./times.js";

const AGAIN = 8000, SETTLE = 400; // milliseconds: a word that we are still here; a reply passed by with a key is not told
const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";
const me = document.querySelector("[data-me]")?.dataset.me;
const page = Math.random().toString(36).slice(2);
let last = Promise.resolve(); // one word leaves after the other: "editing" must not arrive after "done"
let told = "", at = 0, due, drawn, signedOut = false, left = false;

// The reply this page shows: the chosen card of a batch, or the reading pane where it can be seen.
function now() {
  const open = document.querySelector(".card[aria-current]") ?? document.getElementById("pane");
  const editing = Boolean(open?.querySelector("form.edit:not([hidden])"));
  const seen = open && open.offsetParent !== null && (editing || document.visibilityState === "visible");
  return { page, draft: seen ? Number(open.dataset.id) : null, editing: Boolean(seen) && editing };
}

function say(what, options = {}) {
  if (signedOut || left) return;
  told = JSON.stringify(what);
  at = Date.now();
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf, Accept: "application/json" };
  const body = told;
  const send = () => fetch("/presence", { method: "POST", headers, body, signal: AbortSignal.timeout(AGAIN), ...options })
    .then((answer) => { signedOut = answer.status === 401; })
    .catch(() => {}); // the next word goes out anyway
  last = options.keepalive ? send() : last.then(send);
}

function look() {
  clearTimeout(due);
  due = undefined;
  const what = now();
  if (JSON.stringify(what) !== told || (what.draft && Date.now() - at >= AGAIN)) say(what);
}
const soon = () => { due ??= setTimeout(look, now().editing ? 50 : SETTLE); };

export const others = (id) => people.filter((person) => person.draft === Number(id) && person.name !== me);
export const editors = (id) => others(id).filter((person) => person.editing);
export const names = (list) => list.map((person) => person.name).join(", ");

function words(id) {
  const typing = editors(id), looking = others(id).filter((person) => !person.editing);
  return [typing.length ? t("%(names)s editing", { names: names(typing) }) : "", looking.length ? t("%(names)s looking", { names: names(looking) }) : ""].filter(Boolean).join(", ");
}

function mark(place, id) {
  const text = words(id);
  let sign = place.querySelector(".here");
  if (!sign && !text) return;
  if (!sign) { sign = document.createElement("span"); sign.className = "here"; place.prepend(sign); }
  if (sign.textContent !== text) sign.textContent = text;
  sign.classList.toggle("look", editors(id).length > 0);
  sign.hidden = !text;
}

function inPane(pane) {
  const place = pane.querySelector(".here-now"), typing = editors(pane.dataset.id), text = words(pane.dataset.id);
  if (!place || place.dataset.words === text) return;
  place.dataset.words = text;
  place.hidden = !text;
  place.classList.toggle("look", typing.length > 0);
  const looking = others(pane.dataset.id).filter((person) => !person.editing), parts = [];
  if (typing.length) {
    const since = document.createElement("time");
    since.dateTime = typing[0].since;
    since.dataset.way = "for";
    parts.push(`${tn("%(names)s is editing this reply, for", "%(names)s are editing this reply, for", typing.length, { names: names(typing) })} `, since, ". ");
  }
  if (looking.length) parts.push(tn("%(names)s is looking at it.", "%(names)s are looking at it.", looking.length, { names: names(looking) }));
  place.replaceChildren(...parts);
  refresh(place);
}

function paint() {
  drawn = undefined;
  for (const row of document.querySelectorAll(".row[data-id]")) mark(row.querySelector(".marks") ?? row, row.dataset.id);
  for (const pane of document.querySelectorAll("#pane, .card")) inPane(pane);
  // A server that began anew knows nobody: it is told at once.
  const mine = now();
  if (mine.draft && Date.now() - at > 2000 && !people.some((person) => person.name === me && person.draft === mine.draft)) say(mine);
}
const repaint = () => { drawn ??= requestAnimationFrame(paint); };

document.addEventListener("amends:presence", paint);
document.addEventListener("visibilitychange", look);
// The page becomes hidden once more after this: nothing it then says may follow the word that it is gone.
addEventListener("pagehide", () => {
  if (told && JSON.parse(told).draft) say({ page, draft: null, editing: false }, { keepalive: true });
  left = true;
});
addEventListener("pageshow", () => { left = false; });
new MutationObserver(() => { soon(); repaint(); }).observe(document.getElementById("main"), { childList: true, subtree: true, attributeFilter: ["hidden", "aria-current", "data-view", "data-id"] });
setInterval(look, 2000);
look();
repaint();
