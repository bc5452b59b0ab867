// Views, search and filters: what is listed changes in its place, so that running countdowns and open edits stay.
import { fragment, json, post, sentence } from "./api.js";
import * as list from "./list.js";
import { t } from "./texts.js";
import { say } from "./toasts.js";

const nav = document.getElementById("views"), form = document.getElementById("search"), field = document.getElementById("q");
const panel = document.getElementById("filters");
const links = () => [...nav.querySelectorAll("a")], menu = () => document.getElementById("more-views");
let typed, counting, show = () => {};

// What the form asks for, as it stands in an address.
function query() {
  const asked = new URLSearchParams([...new FormData(form)].filter(([name, value]) => value && !(name === "view" && value === "all")));
  return asked.toString();
}

function fit(asked) {
  const wanted = new URLSearchParams(asked);
  for (const part of form.elements) if (part.name) part.value = wanted.get(part.name) ?? (part.name === "view" ? "all" : "");
}

function point(asked) {
  const exact = links().find((link) => link.dataset.query === asked), view = new URLSearchParams(asked).get("view") ?? "";
  const near = exact ?? links().find((link) => link.dataset.query === (view ? `view=${view}` : ""));
  for (const link of links()) { if (link === near) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current"); }
  nameMenu();
}

// A view of the menu that is chosen stands on the menu itself.
function nameMenu() {
  const name = menu()?.querySelector("summary"), chosen = menu()?.querySelector("a[aria-current]");
  if (name) name.textContent = chosen ? chosen.textContent.trim().replace(/\s+/g, " ") : name.dataset.word;
}

function closeMenu() { menu()?.removeAttribute("open"); }

async function go(asked, { first = true } = {}) {
  point(asked);
  const there = await list.renew({ asking: asked }).catch((problem) => { say(problem.message, { problem: true }); return false; });
  if (there) { history.replaceState(history.state, "", list.address()); show({ first }); }
}

// ``chosen`` is told when another list stands there; ``first``: its first reply is to be opened.
export function start(chosen) { show = chosen; }
export function search() { field.focus(); field.select(); }
export function step(by) {
  const all = links(), at = all.findIndex((link) => link.hasAttribute("aria-current"));
  const to = all[(at + by + all.length) % all.length];
  fit(to.dataset.query);
  go(to.dataset.query);
}
export function filters() {
  panel.hidden = !panel.hidden;
  form.querySelector("[data-act=filters]").setAttribute("aria-expanded", String(!panel.hidden));
  if (!panel.hidden) panel.querySelector("select").focus();
}

export async function keep() {
  const name = document.getElementById("filter-name"), shared = document.getElementById("filter-shared");
  try {
    await post("/queue/filters", { name: name.value, query: query(), shared: shared.checked });
    say(t("Kept: %(name)s", { name: name.value }));
    name.value = "";
    await redraw();
  } catch (problem) {
    say(sentence(problem.message), { problem: true });
    name.focus();
  }
}

export async function drop(button) {
  const item = button.closest("[data-filter]");
  await post(`/queue/filters/${item.dataset.filter}/delete`).then(redraw).catch((problem) => say(sentence(problem.message), { problem: true }));
}

async function redraw() {
  const body = await fragment(list.address());
  nav.replaceChildren(...body.querySelector("#views").childNodes);
  point(list.asks());
}

function count() {
  counting ??= setTimeout(async () => {
    counting = undefined;
    const told = await json("/queue/views").catch(() => ({}));
    for (const place of nav.querySelectorAll("[data-count]")) {
      const now = String(told[place.dataset.count] ?? place.textContent);
      if (place.textContent !== now) place.textContent = now;
    }
    nameMenu();
  }, 1000);
}

nav.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  closeMenu();
  fit(link.dataset.query);
  go(link.dataset.query);
});
nav.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu()?.open) return;
  event.stopPropagation();
  closeMenu();
  menu().querySelector("summary").focus();
});
document.addEventListener("click", (event) => { if (!menu()?.contains(event.target)) closeMenu(); });
form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(typed); go(query()); });
form.addEventListener("change", (event) => { if (event.target.tagName === "SELECT") go(query(), { first: false }); });
field.addEventListener("input", () => { clearTimeout(typed); typed = setTimeout(() => go(query(), { first: false }), 300); });
field.addEventListener("keydown", (event) => { if (event.key === "Escape") { field.value = ""; clearTimeout(typed); go(query()); field.blur(); } });
document.getElementById("filter-name").addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); keep(); } });
document.addEventListener("amends:draft", count);
document.addEventListener("amends:delivery", count);
nameMenu(); // with its count
