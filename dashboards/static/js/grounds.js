// What a sentence rests on: pointed at or focused, the sentence and the customer's words that called for it are marked.
import { bind } from "./keys.js";

const shows = typeof Highlight === "function" && CSS.highlights; // else the list says it in words
const button = (event) => event.target.closest?.(".ground");

// A range over code points of everything an element shows.
function range(element, from, to) {
  const found = document.createRange(), walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let at = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    let units = 0;
    for (const letter of node.data) {
      if (at === from) found.setStart(node, units);
      at += 1;
      units += letter.length;
      if (at === to) { found.setEnd(node, units); return found; }
    }
  }
  return null;
}

function mark(spans) {
  if (!shows) return;
  CSS.highlights.clear();
  if (!spans) return;
  const [sentence, ...heard] = spans.split(" ").map((span) => span.split("-").map(Number));
  const within = (id, [from, to]) => range(document.getElementById(id), from, to);
  CSS.highlights.set("sentence", new Highlight(...[within("reply", sentence)].filter(Boolean)));
  CSS.highlights.set("heard", new Highlight(...heard.map((span) => within("said", span)).filter(Boolean)));
}

for (const name of ["pointerover", "focusin"]) document.addEventListener(name, (event) => { const at = button(event); if (at) mark(at.dataset.spans); });
for (const name of ["pointerout", "focusout"]) document.addEventListener(name, (event) => { if (button(event)) mark(document.activeElement?.closest?.(".ground")?.dataset.spans ?? ""); });

// The key opens the list and goes through it; behind its end it is closed again.
function step() {
  const list = document.getElementById("grounds");
  if (!list) return;
  const all = [...list.querySelectorAll(".ground")], next = all.indexOf(document.activeElement) + 1;
  list.open = next < all.length;
  if (list.open) all[next].focus();
  else { mark(""); document.getElementById("pane")?.focus({ preventScroll: true }); }
}

bind({ g: step }, new Set());
