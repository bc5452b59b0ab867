// How a post was read: which words moved it, and a person's correction.
import { fragment, post, sentence } from "./api.js";
import { t } from "./texts.js";

const pane = () => document.getElementById("pane");

// Marks the words in the customer's post and says what each speaks for; asked again, takes the marks away.
export async function why() {
  const button = pane()?.querySelector("[data-act=why]"), id = pane()?.dataset.id;
  if (!button) return;
  const said = pane().querySelector("#said"), because = pane().querySelector("#because");
  if (button.getAttribute("aria-expanded") === "true") {
    button.setAttribute("aria-expanded", "false");
    said.textContent = said.textContent; // eslint-disable-line no-self-assign -- the same words without marks
    because.hidden = true;
    return;
  }
  const body = await fragment(`/queue/${id}/why`);
  if (pane()?.dataset.id !== id) return;
  button.setAttribute("aria-expanded", "true");
  said.replaceChildren(...body.querySelector("#why-said").childNodes);
  because.replaceChildren(...body.querySelector("#why-because").childNodes);
  because.hidden = false;
}

// Opens the labels of the shown post. ``saved`` is told what the server says of the correction.
export async function correct(saved) {
  if (!pane()?.querySelector("[data-act=correct]") || document.getElementById("labels")) return;
  const body = await fragment(`/queue/${pane().dataset.id}/labels`);
  const dialog = body.querySelector("#labels"), form = dialog.querySelector("form");
  document.body.append(dialog);
  dialog.addEventListener("close", () => { dialog.remove(); if (dialog.returnValue !== "saved") pane()?.querySelector("[data-act=correct]")?.focus({ preventScroll: true }); });
  dialog.querySelector("[data-act=leave-labels]").onclick = () => dialog.close();
  form.onsubmit = (event) => { event.preventDefault(); save(dialog, saved); };
  form.onkeydown = (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(dialog, saved); } };
  dialog.showModal();
  dialog.querySelector("input").focus();
}

function chosen(form) {
  const labels = Object.fromEntries([...form.querySelectorAll("select")].map((field) => [field.name, field.value]));
  for (const field of form.querySelectorAll("input:not([name=intents])")) labels[field.name] = field.checked;
  labels.intents = [...form.querySelectorAll("[name=intents]:checked")].map((field) => field.value);
  return labels;
}

async function save(dialog, saved) {
  const problem = dialog.querySelector("#labels-problem"), labels = chosen(dialog);
  try {
    if (labels.intents.length === 0) throw new Error(t("Choose at least one under Wants; “none of these” is one."));
    const told = await change(dialog.dataset.mention, Number(dialog.dataset.seen), labels);
    dialog.close("saved");
    saved(told);
  } catch (error) {
    problem.textContent = sentence(error.message);
    problem.hidden = false;
  }
}

export const change = (mention, seen, labels) => post(`/mentions/${mention}/reading`, { seen, labels });
