// "Copy" beside a text: <button data-copy="ID" hidden>. Shown only where the browser can.
import { t } from "./texts.js";

const told = document.getElementById("copied");

async function copy(button) {
  const text = document.getElementById(button.dataset.copy)?.innerText.trim() ?? "";
  let words = t("Copied");
  try { await navigator.clipboard.writeText(text); } catch { words = t("Not copied: select the text instead"); }
  const label = button.firstChild, before = t("Copy");
  label.textContent = words;
  if (told) told.textContent = words;
  setTimeout(() => { label.textContent = before; if (told) told.textContent = ""; }, 2000);
}

function show(root) {
  if (navigator.clipboard) for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (button) copy(button);
});
new MutationObserver(() => show(document)).observe(document.body, { childList: true, subtree: true }); // live parts come with hidden buttons
show(document);
