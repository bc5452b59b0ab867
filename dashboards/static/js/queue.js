// The queue page: what a key, a click and a live event do.
import { fragment, post, sentence } from "./api.js";
import * as desk from "./desk.js";
import { earlier } from "./earlier.js";
import * as editor from "./editor.js";
import { resume } from "./going.js";
import { bind } from "./keys.js";
import * as list from "./list.js";
import * as merging from "./merging.js";
import { editors, names } from "./presence.js";
import * as marks from "./reading.js";
import * as wording from "./rewording.js";
import { t, tn } from "./texts.js";
import { refresh } from "./times.js";
import { Approval, newest, say } from "./toasts.js";
import * as views from "./views.js";

const queue = document.getElementById("queue"), reading = document.getElementById("reading"), empty = document.getElementById("empty");
const phone = matchMedia("(max-width: 760px)");
const ahead = new Map(); // id → promise of its pane, fetched before it is asked for
const ours = new Map(); // id → when we decided on it here: its echo says nothing new
const approvals = new Map();
let warned = null; // id of the reply whose other editor was named; asked again, we edit too
let wanted = null; // id of the pane that was asked for last
let opening = Promise.resolve(); // until it is there

const pane = () => document.getElementById("pane");
const shown = () => (pane() ? { id: Number(pane().dataset.id), version: Number(pane().dataset.version), text: JSON.parse(pane().dataset.text), author: pane().dataset.author } : null);
const ready = () => shown() && (wanted === null || wanted === shown().id) && pane().dataset.status === "waiting";
const ask = (id) => fragment(`/queue/${id}/pane`).then((body) => body.querySelector("#pane"));

function prefetch() {
  const next = list.neighbour(1);
  if (next && !ahead.has(String(next))) ahead.set(String(next), ask(next).catch(() => ahead.delete(String(next)) && null));
}

function draw(fresh) {
  pane()?.remove();
  if (fresh) { reading.prepend(fresh); refresh(fresh); }
  empty.hidden = Boolean(fresh);
  reading.removeAttribute("aria-busy");
  const id = fresh?.dataset.id, kept = id && editor.kept(id);
  if (kept && kept.text !== shown().text && pane().dataset.status === "waiting") notice(editor.overtaken(id) ? t("You have an edit of this reply on this device that is not saved, and the reply was changed since.") : t("You have an edit of this reply on this device that is not saved."), [[editor.overtaken(id) ? t("Compare") : t("Go on with it"), edit], [t("Drop it"), () => { editor.forget(id); reload(); }]]);
}

function open(id, options) { opening = show(id, options); return opening; }

async function show(id, { focus = true, step = false } = {}) {
  id = Number(id);
  wanted = id;
  list.choose(id);
  if (focus) (phone.matches ? null : list.row(id))?.focus({ preventScroll: true });
  const slow = setTimeout(() => reading.setAttribute("aria-busy", "true"), 300);
  try {
    const fresh = await (ahead.get(String(id)) ?? ask(id));
    ahead.delete(String(id));
    if (wanted !== id) return;
    draw(fresh ?? (await ask(id)));
    reading.scrollTop = 0;
    if (!step || !phone.matches || queue.dataset.view === "pane") view("pane", id);
    if (phone.matches && focus) pane().focus({ preventScroll: true });
    prefetch();
  } catch (problem) {
    say(problem.message, { problem: true });
  } finally {
    clearTimeout(slow);
    reading.removeAttribute("aria-busy");
  }
}

// On the phone list and pane are two steps of the history; on the desktop only the address changes.
function view(name, id) {
  const address = list.address(name === "pane" ? id : null);
  if (phone.matches && queue.dataset.view === "list" && name === "pane") history.pushState({ id, pushed: true }, "", address);
  else history.replaceState({ ...history.state, id }, "", address);
  queue.dataset.view = name;
}

function move(step) {
  if (editor.editing()) return;
  const next = list.neighbour(step);
  if (next) open(next, { step: true });
}

// After a decision: the next reply, or the state that says there is none.
function goOn(id) {
  const next = list.neighbour(1, { turn: true });
  list.leave(id);
  if (next) open(next, { step: true });
  else nothingLeft();
}

async function nothingLeft() {
  wanted = null;
  draw(null);
  empty.focus({ preventScroll: true });
  const body = await list.renew().then(() => fragment(list.address())).catch(() => null);
  const first = list.first();
  if (first && wanted === null) { open(first, { step: true }); return; }
  if (first) return;
  if (body) { empty.replaceChildren(...body.querySelector("#empty").childNodes); refresh(empty); }
  view("list");
}

async function approve() {
  if (editor.editing()) return;
  const why = () => pane().querySelector("#obstacle")?.textContent ?? t("This reply cannot be approved.");
  if (!ready()) { if (shown()) say(wanted !== null && wanted !== shown().id ? t("Not approved: the reply was not on the screen yet.") : why()); return; } // never what was not seen
  if (wording.offered()) { say(t("Take the other wording with y, or leave it with Esc, first.")); return; }
  const { id, version, text, author } = shown();
  const button = pane().querySelector("[data-act=approve]");
  if (!button || button.disabled) { say(why()); return; }
  const approval = new Approval(id, author, undo);
  approvals.set(id, approval);
  ours.set(id, Date.now());
  goOn(id);
  approval.done = post(`/queue/${id}/approve`, { version, text });
  try {
    const done = await approval.done;
    if (done.agreed) { approval.remove(); approvals.delete(id); ahead.delete(String(id)); list.back(id); say(t("Agreed: %(author)s. It goes out when a second person agrees.", { author })); return; }
    approval.count(done.undo_seconds);
  } catch (problem) {
    approval.remove();
    approvals.delete(id);
    failed(id, author, problem);
  }
}

function failed(id, author, problem) {
  ours.delete(id);
  ahead.delete(String(id));
  stands(id, problem.conflict);
  const toast = say(t("%(author)s: not done. %(problem)s", { author, problem: sentence(problem.message) }), { problem: true });
  const look = document.createElement("button");
  look.type = "button";
  look.textContent = t("Look");
  look.onclick = () => { toast.remove(); open(id); };
  toast.lastChild.before(look);
}

// Puts a row back as it is now: waiting, or taken by somebody who was faster.
async function stands(id, conflict) {
  list.back(id);
  const fresh = conflict && (await ask(id).catch(() => null));
  if (fresh && fresh.dataset.status !== "waiting") list.mark(id, fresh.dataset.did === `draft.${fresh.dataset.status}` ? whose(fresh.dataset.did, fresh.dataset.by) : t("not waiting any more"));
}

async function undo(approval = newest()) {
  if (!approval) { say(t("There is nothing to undo.")); return; }
  if (approval.together) { approval.ask(); return; }
  try {
    await approval.done;
    ours.set(approval.id, Date.now());
    await post(`/queue/${approval.id}/undo`);
    approval.remove();
    approvals.delete(approval.id);
    list.back(approval.id);
    if (editor.editing()) say(t("Taken back: %(author)s", { author: approval.author }));
    else open(approval.id, { step: true });
  } catch (problem) {
    if (problem.conflict) approval.close(t("Going out: %(author)s", { author: approval.author }));
    say(sentence(problem.message), { problem: true });
  }
}

async function askReason() {
  await opening;
  const form = pane()?.querySelector("#reasons");
  if (!ready() || !form || editor.editing()) return;
  form.hidden = !form.hidden;
  pane().querySelector("[data-act=reject]").setAttribute("aria-expanded", String(!form.hidden));
  form.querySelector("button")[form.hidden ? "blur" : "focus"]();
}

async function reject(reason) {
  const { id, version, author } = shown();
  if (!reason.trim()) { pane().querySelector("#reason").focus(); return; }
  ours.set(id, Date.now());
  goOn(id);
  try {
    await post(`/queue/${id}/reject`, { version, reason });
    say(t("Rejected: %(author)s", { author }));
  } catch (problem) {
    failed(id, author, problem);
  }
}

// A correction counts at once. The reply that rested on the old reading is gone, and a new one arrives by itself.
function correct() {
  if (!shown() || editor.editing()) return;
  const { id, author } = shown(), { mention } = pane().dataset;
  ours.set(id, Date.now());
  marks.correct((told) => {
    ours.set(id, Date.now());
    if (told.redrawn) goOn(id);
    else reload();
    if (told.correction === null) return;
    const toast = say(`${t("Reading corrected: %(author)s.", { author })} ${told.redrawn ? (told.after.relevant ? t("A new reply is on its way.") : t("It gets no reply.")) : ""}`, { seconds: 12 });
    const back = document.createElement("button");
    back.type = "button";
    back.textContent = t("Undo");
    back.onclick = () => { toast.remove(); marks.change(mention, told.correction, told.before).then(() => { say(t("Reading as before: %(author)s", { author })); if (shown()?.id === id) reload(); }).catch((problem) => say(sentence(problem.message), { problem: true })); };
    toast.lastChild.before(back);
  }).catch((problem) => say(sentence(problem.message), { problem: true }));
}

const why = () => marks.why().catch((problem) => say(sentence(problem.message), { problem: true }));

const reason = (number) => () => { if (desk.number(number)) return; const form = pane()?.querySelector("#reasons"); if (form && !form.hidden) form.querySelectorAll("[data-reason]")[number - 1]?.click(); };

// Another wording is asked for, shown beside the present one, and taken or left.
async function wish(kind) {
  await opening;
  if (ready() && pane().querySelector(".wishes") && !editor.editing()) wording.ask(kind).catch((problem) => say(sentence(problem.message), { problem: true }));
}

async function takeOther() {
  if (!ready() || !wording.offered()) return;
  const { id } = shown();
  ours.set(id, Date.now());
  try {
    await wording.take();
    draw(await ask(id));
    (pane().querySelector("[data-act=approve]:not(:disabled)") ?? pane()).focus({ preventScroll: true });
  } catch (problem) {
    if (problem.conflict) { await reload(); notice(sentence(problem.message)); } else notice(sentence(problem.message), [], { stop: true });
  }
}

async function edit() {
  await opening;
  wording.leave();
  if (!ready() || !pane().querySelector("[data-act=edit]") || editor.editing()) return;
  const { id } = pane().dataset, typing = editors(id);
  pane().querySelector("#notices").replaceChildren();
  if (typing.length && warned !== id) { warned = id; notice(tn("%(names)s is editing this reply. Who saves second sees both texts and chooses.", "%(names)s are editing this reply. Who saves second sees both texts and chooses.", typing.length, { names: names(typing) }), [[t("Edit too"), edit]]); return; }
  warned = null;
  editor.begin();
}

function stopEditing() {
  editor.end();
  (phone.matches ? pane() : list.row(shown().id) ?? pane()).focus({ preventScroll: true });
  if (editor.kept(shown().id)) notice(t("Your edit is kept on this device."), [[t("Go on with it"), edit], [t("Drop it"), () => { editor.forget(shown().id); pane().querySelector("#notices").replaceChildren(); }]]);
}

async function save() {
  const { id, version } = shown(), text = editor.text();
  ours.set(id, Date.now());
  try {
    await post(`/queue/${id}/edit`, { version, text });
    editor.forget(id);
    draw(await ask(id));
    (pane().querySelector("[data-act=approve]:not(:disabled)") ?? pane()).focus({ preventScroll: true });
  } catch (problem) {
    if (problem.conflict) await overtaken(sentence(problem.message));
    else notice(sentence(problem.message), [], { stop: true });
  }
}

// Somebody changed what is open here. What is being typed stays, beside what they made of it.
async function overtaken(why) {
  const before = editor.editing() ? editor.text() : null, { id } = shown();
  const fresh = await ask(id).catch(() => null);
  if (!fresh || shown()?.id !== id) return;
  const mine = editor.editing() ? editor.text() : before; // the editor may have been opened while we asked
  if (mine !== null && editor.editing() && fresh.dataset.status === "waiting") { // not the field: somebody types there
    const changed = fresh.dataset.text !== pane().dataset.text;
    editor.drawAround(fresh);
    refresh(pane());
    if (changed) { notice(`${why} ${t("Both texts stand below: save yours, or take theirs.")}`); editor.goOn(); } else { notice(`${why} ${t("Its words are the same: look at what stands around them.")}`); editor.goOn(false); }
    return;
  }
  const acted = pane().contains(document.activeElement) ? document.activeElement.dataset.act || document.activeElement.id || "pane" : null;
  const reasons = pane().querySelector("#reasons:not([hidden])"), reason = reasons?.querySelector("#reason").value;
  pane().replaceWith(fresh);
  refresh(fresh);
  if (reasons && fresh.querySelector("#reasons")) { fresh.querySelector("#reasons").hidden = false; fresh.querySelector("#reason").value = reason; }
  if (acted) (fresh.querySelector(`[data-act="${acted}"], [id="${acted}"]`) ?? fresh).focus({ preventScroll: true });
  if (mine !== null && editor.kept(id)) notice(t("Your edit was not used. It is kept here and on this device:"), [], { said: mine }); // opened and not typed in: nothing to keep
  if (mine !== null) fresh.focus({ preventScroll: true });
}

// Somebody else's text is taken; one's own is a press away until the next reply is opened.
function takeTheirs() {
  const mine = editor.text(), { id } = pane().dataset;
  editor.forget(id);
  editor.end();
  pane().querySelector("#notices").replaceChildren();
  notice(t("Your text was dropped."), [[t("Bring it back"), () => { pane().querySelector("#notices").replaceChildren(); editor.begin(mine); }]]);
  pane().querySelector("[data-act=approve]:not(:disabled)")?.focus({ preventScroll: true });
}

const goBack = () => { if (history.state?.pushed) history.back(); else { view("list"); list.current()?.focus(); } };
const reload = async () => { draw(await ask(shown().id)); };

function notice(words, buttons = [], { said = "", stop = false } = {}) {
  const box = document.createElement("div");
  box.className = stop ? "notice stop" : "notice";
  box.append(words, " ");
  if (said) { const text = document.createElement("p"); text.className = "said"; text.dir = "auto"; text.textContent = said; box.append(text); }
  for (const [label, act] of buttons) { const button = document.createElement("button"); button.type = "button"; button.textContent = label; button.onclick = act; box.append(button, " "); }
  pane().querySelector("#notices").append(box);
}

async function arrivals() {
  const wasEmpty = !pane();
  await list.renew().catch((problem) => say(problem.message, { problem: true }));
  if (wasEmpty && list.first()) open(list.first(), { step: true });
}

// Another list stands there: its first reply opens, unless the one that is open is part of it or somebody edits.
function listed({ first }) {
  const id = shown()?.id;
  if (editor.editing() || (id && list.has(id))) { if (id) list.choose(id); return; }
  if (list.first() && (first || !id)) open(list.first(), { step: true });
  else if (!list.first()) nothingLeft();
}

async function jump(event) {
  if (!["Home", "End", "PageUp", "PageDown"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey || editor.editing()) return;
  event.preventDefault();
  const to = await list.jump(event.key);
  if (to) open(to, { step: true });
}

// --- live ---------------------------------------------------------------------------------------------------
// What became of a reply or a case, without and with who did it.
const GONE = {
  "draft.approved": [() => t("approved"), (name) => t("approved by %(name)s", { name })],
  "draft.rejected": [() => t("rejected"), (name) => t("rejected by %(name)s", { name })],
  "draft.superseded": [() => t("taken back"), (name) => t("taken back by %(name)s", { name })],
};
const merged = (name) => t("merged by %(name)s", { name }), apart = (name) => t("taken apart by %(name)s", { name });
const CASES = {
  "case.assigned": (name) => t("handed over by %(name)s", { name }), "case.snoozed": (name) => t("snoozed by %(name)s", { name }),
  "case.escalated": (name) => t("handed up by %(name)s", { name }), "case.handed_back": (name) => t("handed back by %(name)s", { name }),
  "case.took_over": merged, "case.merged": merged, "case.split": apart, "case.gave_back": apart,
};
const changed = (name) => t("changed by %(name)s", { name });
const whose = (action, by) => (action in GONE ? GONE[action][by === "amends" ? 0 : 1](by) : t("not waiting any more"));
const RETURNED = new Set(["draft.written", "draft.written_anew", "delivery.not_there", "agreement.undone", "approval.undone", "approval.lapsed"]);

document.addEventListener("amends:draft", ({ detail: { draft_id: id, action, by } }) => {
  ahead.delete(String(id));
  if (Date.now() - (ours.get(id) ?? 0) < 5000 && by === queue.dataset.me) return;
  if (action.startsWith("case.")) { around(id, action, by); return; }
  if (action in GONE) list.mark(id, whose(action, by));
  else if (RETURNED.has(action)) list.back(id);
  if (action === "approval.lapsed" && approvals.has(id)) approvals.get(id).end(t("Not sent, back in the queue: %(author)s", { author: approvals.get(id).author }), { problem: true });
  if (shown()?.id === id) overtaken(t("%(who)s changed this reply while you were editing.", { who: by === "amends" ? "Amends" : by }));
});
// Somebody did something around a case: nobody's words changed, so nothing that is typed is touched.
function around(id, action, by) {
  if (action !== "case.noted") list.check(id, by === "the customer" ? t("they wrote again") : (CASES[action] ?? changed)(by === "amends" ? "Amends" : by));
  if (shown()?.id === id) desk.renew(id);
}
document.addEventListener("amends:checked", () => { if (!pane() && list.first() === undefined && !document.getElementById("arrivals").hidden) arrivals(); });

document.addEventListener("amends:delivery", ({ detail: { draft_id: id, status } }) => {
  const approval = approvals.get(id), author = approval?.author;
  if (!approval) return;
  if (status === "sending") approval.close(t("Sending: %(author)s", { author }));
  if (status === "sent") approval.end(t("Sent: %(author)s", { author }));
  if (status === "refused") approval.end(t("Not sent: %(author)s", { author }), { problem: true });
  if (status === "unknown") approval.end(t("May or may not have gone out: %(author)s", { author }), { problem: true });
  if (["sent", "refused", "unknown"].includes(status)) approvals.delete(id);
});
document.addEventListener("amends:waiting", ({ detail }) => title(detail));
document.addEventListener("amends:stale", () => { if (!editor.editing()) arrivals(); });
const title = (waiting) => { document.title = `${waiting ? `(${waiting}) ` : ""}${t("Queue")} · Amends`; };

// --- hands --------------------------------------------------------------------------------------------------
const help = () => document.getElementById("help").showModal();
const leaveReasons = () => { if (wording.leave() || desk.escape()) return; const form = pane()?.querySelector("#reasons"); if (form && !form.hidden) askReason(); };
const settle = (sent) => post(`/deliveries/${pane().dataset.unsettled}/settle`, { sent }).then(() => goOn(shown().id)).catch((problem) => say(sentence(problem.message), { problem: true }));
const acts = { approve, edit, help, arrivals, reject: askReason, next: () => move(1), previous: () => move(-1), cancel: stopEditing, "take-theirs": takeTheirs, back: goBack, earlier: () => earlier().catch((problem) => say(sentence(problem.message), { problem: true })), why, correct, shorter: () => wish("shorter"), warmer: () => wish("warmer"), plainer: () => wish("plainer"), "take-other": takeOther, "leave-other": () => wording.leave(), sentences: () => wording.sentences().catch((problem) => notice(sentence(problem.message))), ...desk.acts, same: merging.open, filters: views.filters, "keep-filter": views.keep, "is-there": () => settle(true), "not-there": () => settle(false) };
const unless = (act) => () => { if (!editor.editing()) act(); };
bind(
  { j: acts.next, ArrowDown: acts.next, k: acts.previous, ArrowUp: acts.previous, a: approve, e: edit, r: askReason, u: () => undo(), n: arrivals, w: why, c: correct, "?": help, Escape: leaveReasons, i: unless(desk.acts.take), o: unless(desk.acts["hand-over"]), h: unless(merging.open), s: unless(desk.acts.snooze), t: unless(desk.acts.note), l: unless(desk.acts.escalate), v: unless(() => views.step(1)), b: unless(() => pane()?.querySelector("[data-act=batch]")?.click()), d: unless(acts.earlier), f: () => wish("shorter"), m: () => wish("warmer"), p: () => wish("plainer"), y: takeOther, V: unless(() => views.step(-1)), "/": views.search, 1: reason(1), 2: reason(2), 3: reason(3), 4: reason(4) },
  new Set(["a", "e", "r", "u", "n", "w", "c", "i", "o", "h", "s", "t", "l", "v", "V", "/", "b", "d", "f", "m", "p", "y"]),
);
document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]"), row = event.target.closest("a.row");
  if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); if (!editor.editing()) open(row.dataset.id); return; }
  if (act?.dataset.act === "reason") reject(act.dataset.reason);
  else if (act?.dataset.act === "drop-filter") views.drop(act);
  else if (act) acts[act.dataset.act]?.();
});
document.addEventListener("submit", (event) => {
  if (event.target.id === "edit") { event.preventDefault(); save(); }
  if (event.target.id === "reasons") { event.preventDefault(); reject(pane().querySelector("#reason").value); }
});
document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.target.id === "edit-text" && event.key === "/" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); acts.sentences(); }
  if (event.target.id === "edit-text" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(); }
  if (event.key === "Escape" && event.target.closest?.("#edit")) stopEditing();
  else if (event.key === "Escape" && event.target.closest?.("#reasons input")) { askReason(); pane().focus(); }
});
addEventListener("popstate", () => { queue.dataset.view = "list"; list.current()?.focus(); });

desk.start(goOn, (id) => ours.set(id, Date.now()));
merging.start((id) => { ahead.delete(String(id)); open(id, { step: true }); });
views.start(listed);
resume();
document.getElementById("list").addEventListener("keydown", jump);
document.body.dataset.ready = "";
title(Number(document.querySelector("[data-live=waiting]")?.textContent ?? 0));
if (pane()) { const id = pane().dataset.id; history.replaceState({ id }, ""); draw(pane()); if (!phone.matches) list.row(id)?.focus({ preventScroll: true }); prefetch(); }
