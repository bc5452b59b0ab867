// Similar replies decided on together. What was not on the screen is not approved, and each text as it was shown.
import { fragment, post, sentence } from "./api.js";
import { finding, forget, hold, kept } from "./editor.js";
import * as going from "./going.js";
import { bind } from "./keys.js";
import { editors, names } from "./presence.js";
import { counted, t, tc, tn } from "./texts.js";
import { refresh } from "./times.js";

const me = document.getElementById("batch").dataset.me, result = document.getElementById("result"), number = document.getElementById("number");
const seen = new Set(), done = new Map(), ours = new Set(); // ids: shown to their last line; decided here → a way to take it back; whose echo says nothing new
let until = 0, timer, checking;

const cards = () => [...document.querySelectorAll(".card")];
const card = (id) => document.getElementById(`card-${Number(id)}`);
const current = () => document.querySelector(".card[aria-current]") ?? cards()[0];
const chosen = () => cards().filter((each) => "in" in each.dataset && !done.has(each.dataset.id));
const field = (of) => of.querySelector("textarea"), form = (of) => of.querySelector("form.edit");
const editing = () => cards().find((each) => form(each) && !form(each).hidden);

const watch = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) if (isIntersecting) seen.add(mark(target.closest(".card")));
  count();
}, { rootMargin: "0px 0px -80px" }); // what lies under the buttons was not seen
const mark = (of) => `${of.dataset.id}.${of.dataset.version}`; // another version is another text
const unseen = () => chosen().filter((each) => !seen.has(mark(each)));
for (const end of document.querySelectorAll(".card .end")) watch.observe(end);

function count() {
  if (!number) return;
  const left = unseen().length;
  number.textContent = chosen().length;
  document.getElementById("approve").disabled = chosen().length === 0;
  document.getElementById("unseen").textContent = left && chosen().length ? t("%(count)s not on the screen yet", { count: left }) : "";
}

function go(to, { focus = true } = {}) {
  if (!to) return;
  for (const each of cards()) each.toggleAttribute("aria-current", each === to);
  to.setAttribute("aria-current", "true");
  if (focus) to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
}
const move = (step) => { if (!editing()) go(cards()[cards().indexOf(current()) + step]); };

function outcome(of, words, problem = false) {
  const place = of.querySelector(".outcome");
  place.textContent = words;
  place.className = problem ? "small outcome look" : "small outcome";
  place.hidden = false;
}

function turn(of = current(), to = !("in" in of.dataset)) {
  const button = of.querySelector("[data-act=turn]");
  if (!button || done.has(of.dataset.id)) return;
  of.toggleAttribute("data-in", to);
  button.querySelector("[data-word]").textContent = to ? t("Leave out") : t("Put back");
  if (to) of.querySelector(".outcome").hidden = true;
  else outcome(of, t("Left out"));
  count();
}

function tell(words, failed = []) {
  const box = document.createElement("div"), list = document.createElement("ul");
  box.className = failed.length ? "notice" : "notice info";
  box.append(words);
  for (const { draft, problem } of failed) {
    const item = document.createElement("li"), link = document.createElement("a");
    link.href = `#card-${draft}`;
    link.textContent = card(draft).dataset.author;
    item.append(link, t(": %(problem)s", { problem: sentence(problem) }));
    list.append(item);
  }
  if (failed.length) box.append(list);
  result.replaceChildren(box);
}

async function approve() {
  if (editing() || !chosen().length) return;
  const missing = unseen();
  if (missing.length) { go(missing[0]); missing[0].querySelector(".end").scrollIntoView({ block: "nearest" }); return; }
  const busy = chosen().filter((each) => editors(each.dataset.id).length);
  if (busy.length) { for (const each of busy) turn(each, false); tell(t("Left out, because somebody is editing: %(who)s. Approve again for the rest.", { who: busy.map((each) => `${each.dataset.author} (${names(editors(each.dataset.id))})`).join(", ") })); return; }
  const asked = chosen();
  document.getElementById("approve").disabled = true;
  for (const each of asked) ours.add(Number(each.dataset.id));
  try {
    const told = await post("/queue/batch/approve", { chosen: asked.map((each) => ({ draft: Number(each.dataset.id), version: Number(each.dataset.version), text: JSON.parse(each.dataset.text) })) });
    settle(told);
  } catch (problem) {
    tell(sentence(problem.message), []);
  }
  count();
}

// What was done, and of how many it was not.
const outcomeOf = (did, failed) => (failed.length ? t("%(did)s, %(count)s not:", { did, count: failed.length }) : `${did}.`);

function settle({ outcomes, undo_seconds: seconds }) {
  const failed = outcomes.filter((each) => each.problem), went = outcomes.filter((each) => !each.problem);
  for (const each of went) {
    done.set(String(each.draft), each.agreed ? "agreed" : "approved");
    outcome(card(each.draft), each.agreed ? t("You agreed. A second person must agree too.") : t("Approved"));
  }
  for (const each of failed) { outcome(card(each.draft), t("Not approved: %(problem)s", { problem: sentence(each.problem) }), true); again(each.draft, true); }
  const agreed = went.some((each) => each.agreed), done_ = agreed ? tn("%(num)s approved or agreed to", "%(num)s approved or agreed to", went.length) : tn("%(num)s approved", "%(num)s approved", went.length);
  tell(outcomeOf(done_, failed), failed);
  if (went.length) { document.getElementById("undo").hidden = false; until = performance.now() + seconds * 1000; going.keep([...done.keys()].map(Number), Date.now() + seconds * 1000); clearInterval(timer); timer = setInterval(tick, 250); tick(); }
}

function tick() {
  const left = Math.ceil((until - performance.now()) / 1000);
  document.getElementById("left").textContent = left > 0 ? t("go out in %(seconds)s s", { seconds: left }) : "";
  if (left > 0) return;
  clearInterval(timer);
  document.getElementById("undo").hidden = true;
}

async function undo() {
  if (document.getElementById("undo").hidden) return;
  const drafts = [...done.keys()].map(Number);
  try {
    const { outcomes } = await post("/queue/batch/undo", { drafts }), failed = outcomes.filter((each) => each.problem);
    for (const each of outcomes) if (!each.problem) { done.delete(String(each.draft)); outcome(card(each.draft), t("Taken back")); }
    for (const each of failed) outcome(card(each.draft), sentence(each.problem), true);
    going.keep([]);
    until = 0;
    tick();
    tell(outcomeOf(tn("%(num)s taken back", "%(num)s taken back", outcomes.length - failed.length), failed), failed);
  } catch (problem) {
    tell(sentence(problem.message), []);
  }
  count();
}

// Draws a card anew, as it is now; what is said of it stays.
async function again(id, keepWords = false) {
  const old = card(id), words = keepWords ? old.querySelector(".outcome") : null, was = "in" in old.dataset, here = old === current();
  const body = await fragment(`/queue/${id}/card`).catch(() => null), fresh = body?.querySelector(".card");
  if (!fresh) return null;
  const focused = old.contains(document.activeElement);
  old.replaceWith(fresh);
  if (words) fresh.querySelector(".outcome").replaceWith(words);
  watch.observe(fresh.querySelector(".end"));
  refresh(fresh);
  if (!was) turn(fresh, false);
  if (here) go(fresh, { focus: focused });
  count();
  return fresh;
}

// --- editing one of them ------------------------------------------------------------------------------------
function edit(of = current()) {
  if (editing() || !form(of) || done.has(of.dataset.id)) return;
  go(of);
  const { id } = of.dataset, own = JSON.parse(of.dataset.text);
  of.querySelector(".reply").hidden = true;
  form(of).hidden = false;
  field(of).value = kept(id)?.text ?? own;
  if (kept(id) && kept(id).over !== own) of.querySelector(".reply").hidden = false; // changed since: both are shown
  field(of).oninput = () => { hold(id, field(of).value, own); clearTimeout(checking); checking = setTimeout(() => check(of), 250); };
  field(of).focus();
  check(of);
}

async function check(of) {
  const text = field(of).value, told = await post(`/queue/${of.dataset.id}/check`, { text }).catch(() => null);
  if (!told || field(of).value !== text) return;
  of.querySelector(".count").textContent = t("%(length)s of %(limit)s", { length: counted(told.length), limit: counted(told.limit) });
  of.querySelector("[data-check]").replaceChildren(...told.findings.map(finding));
}

function leave(of = editing()) {
  if (!of) return;
  form(of).hidden = true;
  of.querySelector(".reply").hidden = false;
  of.focus({ preventScroll: true });
  if (kept(of.dataset.id)) outcome(of, t("Your edit is kept on this device."));
}

async function save(of) {
  const { id, version } = of.dataset, text = field(of).value;
  ours.add(Number(id));
  try {
    await post(`/queue/${id}/edit`, { version: Number(version), text });
    forget(id);
    go(await again(id));
  } catch (problem) {
    if (problem.conflict) { const fresh = await again(id); if (fresh && form(fresh)) edit(fresh); }
    outcome(card(id), sentence(problem.message), true);
  }
}

// --- live, and hands ----------------------------------------------------------------------------------------
document.addEventListener("amends:draft", ({ detail: { draft_id: id, by } }) => {
  const of = card(id);
  if (!of || (by === me && ours.has(id))) return;
  if (of === editing()) outcome(of, t("%(who)s changed this reply. Saving shows both texts.", { who: by === "amends" ? "Amends" : by }), true);
  else { done.delete(String(id)); again(id); }
});
document.addEventListener("amends:delivery", ({ detail: { draft_id: id, status } }) => {
  const words = { sending: t("Sending"), sent: tc("reply", "Sent"), refused: t("Not sent: see Sent"), unknown: t("May or may not have gone out: see Sent") }[status];
  if (card(id) && done.has(String(id)) && words) outcome(card(id), words, status === "refused" || status === "unknown");
});

const acts = { approve, undo, turn, edit, cancel: leave, next: () => move(1), previous: () => move(-1) };
bind(
  { j: acts.next, ArrowDown: acts.next, k: acts.previous, ArrowUp: acts.previous, x: () => turn(), e: () => edit(), a: approve, u: undo, Escape: () => { location.href = document.querySelector("[data-act-key=Escape]").href; } },
  new Set(["a", "u", "e", "x"]),
);
document.addEventListener("click", ({ target }) => {
  const of = target.closest(".card"), act = target.closest("[data-act]")?.dataset.act;
  if (of && of !== current()) go(of, { focus: false });
  if (act) acts[act]?.(of ?? undefined);
});
document.addEventListener("focusin", ({ target }) => { const of = target.closest?.(".card"); if (of && !of.hasAttribute("aria-current")) go(of, { focus: false }); });
document.addEventListener("submit", (event) => { const of = event.target.closest(".card"); if (of) { event.preventDefault(); save(of); } });
document.addEventListener("keydown", (event) => {
  const of = event.target.closest?.("form.edit")?.closest(".card");
  if (!of || event.isComposing) return;
  if (event.key === "Escape") { event.stopPropagation(); leave(of); }
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(of); }
});

count();
go(cards()[0]);
document.body.dataset.ready = "";
