// The playbook's help with a reply: another wording beside the present one, and its sentences while one is written.
import { post } from "./api.js";
import { finding } from "./editor.js";
import { stretches } from "./preview.js";
import { counted, t, tc } from "./texts.js";

const called = (wish) => ({ shorter: t("Shorter wording"), warmer: t("Warmer wording"), plainer: t("Plainer wording") })[wish];
const short = (wish) => ({ shorter: t("Shorter"), warmer: t("Warmer"), plainer: t("Plainer") })[wish];
const pane = () => document.getElementById("pane");
const place = () => document.getElementById("other");
let shown = null; // the offer beside the reply: {id, version, wish, text}

export const offered = () => shown !== null && place() !== null && pane().dataset.id === shown.id;

function made(name, className = "", text = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

function button(act, words, key, primary) {
  const element = made("button", primary ? "primary" : "", `${words} `);
  element.type = "button";
  element.dataset.act = act;
  element.append(made("kbd", "", key));
  return element;
}

async function get(address) { return (await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null)); }

async function told(address) {
  const answer = await get(address), body = await answer?.json().catch(() => ({}));
  if (!answer?.ok) throw new Error(body?.message ?? t("Amends cannot be reached. Nothing was changed."));
  return body;
}

// Asks for a wording and shows it beside the reply; asked for the same again, takes it away.
export async function ask(wish) {
  if (offered() && shown.wish === wish) { leave(); return; }
  const { id } = pane().dataset;
  const offer = await told(`/queue/${id}/wording?wish=${wish}`);
  if (pane()?.dataset.id !== id || pane().querySelector("#edit:not([hidden])")) return;
  leave();
  shown = { ...offer, id };
  const other = made("section", "other");
  other.id = "other";
  other.setAttribute("aria-label", called(wish));
  const text = made("div", "reply said"), buttons = made("p", "row-of"), list = made("ul", "findings");
  text.dir = "auto";
  text.lang = pane().querySelector("#reply").lang;
  text.append(...stretches(offer.pieces));
  list.append(...offer.findings.map(finding));
  buttons.append(button("take-other", tc("wording", "Take it"), "y", true), button("leave-other", tc("wording", "Leave it"), "Esc"));
  other.append(made("h4", "small quiet whose", t("%(wording)s: %(length)s of %(limit)s", { wording: short(wish), length: counted(offer.length), limit: counted(offer.limit) })), text, list, buttons);
  pane().querySelector("#texts").append(other);
  both(true);
}

function both(on) {
  const whose = pane().querySelector("#reply-whose");
  pane().querySelector("#texts").toggleAttribute("data-both", on);
  whose.hidden = !on;
  whose.textContent = t("The present text");
}

// Takes the other wording away; false when there was none.
export function leave() {
  const was = offered();
  if (was) { place().remove(); both(false); }
  shown = null;
  return was;
}

export async function take() {
  const { id, version, wish, text } = shown;
  await post(`/queue/${id}/wording`, { version, wish, text });
  shown = null;
}

// --- sentences at the cursor --------------------------------------------------------------------------------
const field = () => pane().querySelector("#edit-text");
let chosen = 0;

export async function sentences() {
  const list = pane().querySelector("#sentences"), { id } = pane().dataset;
  if (!list.hidden) { close(); return; }
  const { sentences: found } = await told(`/queue/${id}/sentences`);
  if (pane()?.dataset.id !== id || pane().querySelector("#edit").hidden) return;
  let move = "";
  list.replaceChildren(...found.map((each, number) => {
    const option = made("li", "", each.text);
    option.id = `sentence-${number}`;
    option.setAttribute("role", "option");
    option.dir = "auto";
    if (each.move !== move) option.dataset.move = each.planned ? each.move : t("%(move)s, not in this cell", { move: each.move });
    move = each.move;
    return option;
  }));
  list.hidden = false;
  list.onkeydown = keys;
  list.onclick = ({ target }) => { const option = target.closest("li"); if (option) insert(option.textContent); };
  choose(0);
  list.focus();
}

function choose(number) {
  const list = pane().querySelector("#sentences"), options = [...list.children];
  chosen = Math.max(0, Math.min(options.length - 1, number));
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === chosen)));
  list.setAttribute("aria-activedescendant", options[chosen]?.id ?? "");
  options[chosen]?.scrollIntoView({ block: "nearest" });
}

function keys(event) {
  const list = event.currentTarget, steps = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, Home: -1e6, End: 1e6 };
  if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") { if (event.key === "/") { event.preventDefault(); close(); } return; }
  event.stopPropagation(); // keys of the queue are none here
  if (event.key in steps) choose(chosen + steps[event.key]);
  else if (event.key === "Enter" || event.key === " ") insert(list.children[chosen]?.textContent ?? "");
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
}

function close() { pane().querySelector("#sentences").hidden = true; field().focus(); }

// Where the cursor stands, with one space to its neighbours; the browser's own undo takes it out again.
function insert(sentence) {
  const area = field();
  close();
  const before = area.value.slice(0, area.selectionStart), after = area.value.slice(area.selectionEnd);
  const words = `${before && !/\s$/.test(before) ? " " : ""}${sentence}${after && !/^\s/.test(after) ? " " : ""}`;
  if (!document.execCommand("insertText", false, words)) {
    area.setRangeText(words, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
