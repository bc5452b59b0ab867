// What a colleague does around the case of the open reply: take it, hand it over, put it off, hand it up, leave a note.
import { fragment, post, sentence } from "./api.js";
import * as list from "./list.js";
import { t } from "./texts.js";
import { refresh } from "./times.js";
import { say } from "./toasts.js";

const pane = () => document.getElementById("pane");
const desk = () => document.getElementById("desk");
const id = () => Number(pane().dataset.id);
const author = () => pane().dataset.author;
const owner = () => Number(desk().dataset.owner) || null;
const told = (problem) => say(sentence(problem.message), { problem: true });
const FORMS = ["hand-over", "snooze", "escalate", "note", "same"];
let goOn = () => {}, ours = () => {}, me = null;

// ``leave(id)``: the reply leaves this list, and the next one opens. ``heard(id)``: its echo says nothing new.
export function start(leave, heard) { goOn = leave; ours = heard; me = Number(document.getElementById("queue").dataset.myId); }

// Draws the case anew where it stands; what somebody types there stays.
export async function renew(of = id()) {
  const fresh = await fragment(`/queue/${of}/pane`).then((body) => body.querySelector("#desk")).catch(() => null);
  if (!fresh || !desk() || id() !== of) return;
  const acted = desk().contains(document.activeElement) ? document.activeElement.dataset.act || document.activeElement.id : "";
  for (const name of FORMS) {
    const old = desk().querySelector(`#${name}:not([hidden])`), next = fresh.querySelector(`#${name}`);
    if (old && next) next.replaceWith(old);
  }
  desk().replaceWith(fresh);
  refresh(fresh);
  if (acted) fresh.querySelector(`[data-act="${acted}"], [id="${acted}"]`)?.focus({ preventScroll: true });
}

export function toggle(name) {
  if (!desk()?.querySelector(`#${name}`)) return;
  for (const each of FORMS) {
    const form = desk().querySelector(`#${each}`), act = desk().querySelector(`[data-act="${each}"]`);
    form.hidden = each === name ? !form.hidden : true;
    act?.setAttribute("aria-expanded", String(!form.hidden));
  }
  const form = desk().querySelector(`#${name}`);
  if (form.hidden) (list.current() ?? pane()).focus({ preventScroll: true });
  else form.querySelector("select, textarea, .choices button, input").focus();
}

async function send(path, body, done) {
  const of = id(), who = author();
  ours(of);
  try {
    const answer = await post(`/queue/${of}/${path}`, body);
    done(answer, of, who);
  } catch (problem) {
    told(problem);
    if (problem.conflict) renew(of);
  }
}

function close(of) {
  for (const name of FORMS) { const form = desk()?.querySelector(`#${name}`); if (form) form.hidden = true; }
  list.check(of, t("not in this view any more"));
  return renew(of).then(() => { if (document.activeElement === document.body) (list.current() ?? pane()).focus({ preventScroll: true }); });
}

const give = (to) => send("assign", { to, seen: owner() }, (answer, of, who) => { say(answer.owner === null ? t("Nobody has %(who)s now", { who }) : t("%(name)s has %(who)s", { name: answer.name, who })); close(of); });

export function offer(toast, words, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words;
  button.onclick = () => { toast.remove(); act(); };
  toast.lastChild.before(button);
}

const snoozeTo = (until) => send("snooze", { until }, (answer, of, who) => {
  goOn(of);
  offer(say(t("Snoozed: %(who)s, until %(until)s", { who, until: answer.until }), { seconds: 12 }), t("Undo"), () => post(`/queue/${of}/snooze`, { until: "now" }).then(() => list.back(of)).catch(told));
});

const wake = () => send("snooze", { until: "now" }, (_answer, of, who) => { say(t("Back in the queue: %(who)s", { who })); close(of); });
const note = () => { const field = desk().querySelector("#note-text"); send("notes", { text: field.value }, (_answer, of) => { field.value = ""; close(of); }); };
const can = () => desk()?.querySelector("[data-act=take]");

export const acts = {
  take: () => can() && give(owner() === me ? null : me),
  "hand-over": () => toggle("hand-over"),
  snooze: () => can() && (desk().dataset.snoozed ? wake() : toggle("snooze")),
  note: () => toggle("note"),
  escalate: () => can() && (desk().dataset.escalated ? desk().querySelector("[data-act=hand-back]")?.click() : toggle("escalate")),
  "hand-back": () => send("hand-back", {}, (_answer, of, who) => { say(t("Handed back: %(who)s", { who })); close(of); }),
};

// The number pressed while the times of a snooze are open; false when they are not.
export function number(which) {
  const button = desk()?.querySelectorAll("#snooze:not([hidden]) [data-until]")[which - 1];
  button?.click();
  return Boolean(button);
}

// Leaves an open form; false when there is none.
export function escape() {
  const form = desk()?.querySelector(".desk-form:not([hidden])");
  if (form) toggle(form.id);
  return Boolean(form);
}

document.addEventListener("click", ({ target }) => { const choice = target.closest?.("[data-until]"); if (choice) snoozeTo(choice.dataset.until); });
document.addEventListener("submit", (event) => {
  if (!FORMS.includes(event.target.id)) return;
  event.preventDefault();
  const part = (name) => event.target.querySelector(name).value;
  if (event.target.id === "hand-over") give(Number(part("select")) || null);
  if (event.target.id === "snooze") snoozeTo(part("#snooze-at"));
  if (event.target.id === "escalate") send("escalate", { text: part("input") }, (_answer, of, who) => { say(t("With the leads: %(who)s", { who })); close(of); });
  if (event.target.id === "note") note();
});
document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.target.id === "note-text" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); note(); }
  if (event.key === "Escape" && event.target.closest?.(".desk-form")) escape();
});
