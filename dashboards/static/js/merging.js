// Two cases of one customer: the other one is found, becomes part of this one, and can be taken apart again.
import { fragment, post, sentence } from "./api.js";
import * as desk from "./desk.js";
import { t } from "./texts.js";
import { refresh } from "./times.js";
import { say } from "./toasts.js";

const pane = () => document.getElementById("pane");
const form = () => document.getElementById("same");
const told = (problem) => say(sentence(problem.message), { problem: true });
let show = () => {}, asked = 0, soon;

// ``open(id)``: the reply is drawn anew and shown.
export function start(open) { show = open; }

export function open() {
  if (!form()) return;
  desk.toggle("same");
  if (!form().hidden) find("");
}

async function find(words) {
  const mine = ++asked, { id } = pane().dataset;
  const body = await fragment(`/queue/${id}/same?q=${encodeURIComponent(words)}`).catch((problem) => { told(problem); return null; });
  const place = document.getElementById("same-found");
  if (!body || mine !== asked || !place) return;
  place.replaceChildren(...body.childNodes);
  refresh(place);
}

async function merge(other) {
  const { id, author } = pane().dataset;
  try {
    const { merge: made, draft } = await post(`/queue/${id}/merge`, { case: Number(other) });
    desk.offer(say(t("Merged: %(author)s", { author }), { seconds: 12 }), t("Undo"), () => apart(made, id));
    show(draft ?? Number(id));
  } catch (problem) {
    told(problem);
    if (problem.conflict) desk.renew(Number(id));
  }
}

async function apart(made, id = pane().dataset.id) {
  try {
    await post(`/queue/merges/${made}/undo`);
    say(t("The two cases stand for themselves again."));
    show(Number(id));
  } catch (problem) {
    told(problem);
    if (problem.conflict) desk.renew(Number(id));
  }
}

document.addEventListener("click", ({ target }) => {
  const other = target.closest?.("[data-merge]"), made = target.closest?.("[data-unmerge]");
  if (other) merge(other.dataset.merge);
  else if (made) apart(Number(made.dataset.unmerge));
});
document.addEventListener("input", ({ target }) => {
  if (target.id !== "same-search") return;
  clearTimeout(soon);
  soon = setTimeout(() => find(target.value), 250);
});
document.addEventListener("submit", (event) => {
  if (event.target.id === "same") { event.preventDefault(); find(event.target.querySelector("input").value); }
});
