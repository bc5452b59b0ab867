// Single keys, never while somebody types or a dialog is open.
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

export function bind(actions, once) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || document.querySelector("dialog[open]")) return;
    const act = actions[event.key];
    if (!act || (event.repeat && once.has(event.key))) return; // a key held down decides only once
    event.preventDefault();
    act();
  });
}
