// Editing a reply in its place: the platform's own count and the gate's findings while typing, and text that is never lost.
import { post } from "./api.js";
import { preview } from "./preview.js";
import { counted, t } from "./texts.js";

const WORDED = new Set(["draft.edited", "draft.rewritten"]);
const KEPT = 14 * 24 * 3600 * 1000; // milliseconds an edit stays on a device
const me = document.querySelector("[data-me]")?.dataset.me;
const mine = `amends-edit-${me}-`;
const key = (id) => mine + id;
const pane = () => document.getElementById("pane");
const part = (id) => pane()?.querySelector(`#${id}`);
const saved = () => JSON.parse(pane().dataset.text);
let timer, asked = 0, before = {}, over = ""; // over: the saved words that typing began on

// What somebody typed for a reply and did not save: {text, over: the saved words it began on, at}; null for nothing.
export const kept = (id) => JSON.parse(localStorage.getItem(key(id)) ?? "null");
export const forget = (id) => localStorage.removeItem(key(id));
export const editing = () => part("edit")?.hidden === false;
export const text = () => part("edit-text").value;
// Whether somebody changed the words that a kept text was typed over.
export const overtaken = (id) => { const own = kept(id); return own !== null && own.over !== saved() && own.text !== saved(); };

export function begin(words) {
  const { id } = pane().dataset, area = part("edit-text"), compare = words !== undefined || overtaken(id);
  area.value = words ?? kept(id)?.text ?? saved();
  over = words === undefined ? kept(id)?.over ?? saved() : "";
  arrange(compare);
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
  area.oninput = () => { keep(id); soon(id); };
  check(id);
}

// Goes on in a pane that was drawn anew around the field: what was typed stands beside what somebody else saved.
export function goOn(compare = true) {
  arrange(compare || part("texts").hasAttribute("data-both"));
  check(pane().dataset.id);
}

function arrange(compare) {
  const { by, did } = pane().dataset, other = WORDED.has(did) && by !== me ? by : "";
  part("edit").hidden = false;
  part("reply").hidden = !compare;
  part("texts").toggleAttribute("data-both", compare);
  part("reply-whose").hidden = !compare;
  part("reply-whose").textContent = other ? t("%(name)s’s text, saved", { name: other }) : t("The saved text");
  part("edit-whose").className = compare ? "small quiet whose" : "out-of-sight";
  part("edit-whose").textContent = compare ? t("Your text, not saved") : t("Your reply");
  const take = pane().querySelector("[data-act=take-theirs]");
  take.hidden = !compare;
  take.textContent = other ? t("Take %(name)s’s text", { name: other }) : t("Take the saved text");
  if (part("findings")) part("findings").hidden = true;
  part("decision").hidden = true;
  before = { text: part("count").textContent, over: part("count").className };
}

const keep = (id) => (text() === saved() ? forget(id) : hold(id, text(), over));

// Keeps words on this device, for this person, that were typed over the saved ones.
export function hold(id, words, over) {
  if (words === over) forget(id);
  else localStorage.setItem(key(id), JSON.stringify({ text: words, over, at: Date.now() }));
}

export function end() {
  clearTimeout(timer);
  asked++; // an answer on its way is about text that is no longer shown
  part("edit").hidden = true;
  part("texts").removeAttribute("data-both");
  part("reply-whose").hidden = pane().querySelector("[data-act=take-theirs]").hidden = true;
  part("count").textContent = before.text;
  part("count").className = before.over;
  part("reply").hidden = false;
  part("decision").hidden = false;
  if (part("findings")) part("findings").hidden = false;
}

function soon(id) {
  clearTimeout(timer);
  timer = setTimeout(() => check(id), 250);
}

async function check(id) {
  if (pane()?.dataset.id !== id || !editing()) return; // typed, and saved or left before the pause was over
  const mine = ++asked;
  const told = await post(`/queue/${id}/check`, { text: text() }).catch(() => null);
  if (!told || mine !== asked || pane()?.dataset.id !== id) return;
  const count = part("count");
  count.textContent = t("%(length)s of %(limit)s", { length: counted(told.length), limit: counted(told.limit) });
  count.classList.toggle("over", told.length > told.limit);
  part("edit-findings").replaceChildren(...told.findings.map(finding));
  preview(part("preview"), told);
}

export function finding({ level, message, words }) {
  const item = document.createElement("li"), strong = document.createElement("strong");
  item.className = level;
  strong.textContent = `${level === "block" ? t("Blocked") : t("Look")} `;
  item.append(strong, words ? t("“%(words)s”: %(message)s", { words, message }) : message);
  return item;
}

// Draws everything of a pane anew but the field somebody types in: it keeps its cursor, its undo steps, an open word.
export function drawAround(fresh) { around(pane(), fresh, part("edit"), fresh.querySelector("#edit")); }

function around(old, fresh, field, place) {
  if (old === field) return;
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  const mine = [...old.childNodes].find((node) => node.contains(field)), nodes = [...fresh.childNodes];
  const at = nodes.findIndex((node) => node.contains(place));
  for (const node of [...old.childNodes]) if (node !== mine) node.remove();
  mine.before(...nodes.slice(0, at));
  mine.after(...nodes.slice(at + 1));
  around(mine, nodes[at], field, place);
}

// Edits that nobody came back to, and those of replies long gone, leave the device by and by.
for (const name of Object.keys(localStorage)) {
  if (name.startsWith(mine) && Date.now() - (JSON.parse(localStorage.getItem(name))?.at ?? 0) > KEPT) localStorage.removeItem(name);
}
