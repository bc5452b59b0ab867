// Editing a reply in its place: the platform's own count and the gate's findings while typing, and text that is never lost.
import { post } from "./api.js";

const key = (id) => `amends-edit-${id}`;
const pane = () => document.getElementById("pane");
const part = (id) => pane()?.querySelector(`#${id}`);
let timer, asked = 0, before = {};

export const kept = (id) => JSON.parse(localStorage.getItem(key(id)) ?? "null");
export const forget = (id) => localStorage.removeItem(key(id));
export const editing = () => part("edit")?.hidden === false;
export const text = () => part("edit-text").value;

export function begin(mine) {
  const id = pane().dataset.id, own = JSON.parse(pane().dataset.text), area = part("edit-text");
  area.value = mine ?? kept(id)?.text ?? own;
  part("edit").hidden = false;
  part("reply").hidden = mine === undefined; // shown when somebody else changed it, to compare with
  if (part("findings")) part("findings").hidden = true;
  part("decision").hidden = true;
  before = { text: part("count").textContent, over: part("count").className };
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
  area.oninput = () => { keep(id, own); soon(id); };
  check(id);
}

function keep(id, own) {
  if (text() === own) forget(id);
  else localStorage.setItem(key(id), JSON.stringify({ text: text(), at: Date.now() }));
}

export function end() {
  clearTimeout(timer);
  asked++; // an answer on its way is about text that is no longer shown
  part("edit").hidden = true;
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
  const mine = ++asked;
  const told = await post(`/queue/${id}/check`, { text: text() }).catch(() => null);
  if (!told || mine !== asked || pane()?.dataset.id !== id) return;
  const count = part("count");
  count.textContent = `${told.length} of ${told.limit}`;
  count.classList.toggle("over", told.length > told.limit);
  part("edit-findings").replaceChildren(...told.findings.map(finding));
}

function finding({ level, message, words }) {
  const item = document.createElement("li"), strong = document.createElement("strong");
  item.className = level;
  strong.textContent = level === "block" ? "Blocked " : "Look ";
  item.append(strong, words ? `“${words}”: ${message}` : message);
  return item;
}
