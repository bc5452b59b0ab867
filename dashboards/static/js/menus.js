// What lies over the page once opened: Escape and a click beside it close it, Escape gives the focus back.
const open = () => document.querySelector(":is(.acts, .moves) > details[open], details.menu[open]");

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && !event.isComposing ? open() : null;
  if (!menu) return;
  const back = menu.contains(document.activeElement);
  menu.open = false;
  if (back) menu.querySelector("summary").focus();
});
document.addEventListener("toggle", ({ target }) => { if (target.open && target === open()) target.lastElementChild.scrollIntoView({ block: "nearest" }); }, true);
document.addEventListener("click", (event) => { const menu = open(); if (menu && !menu.contains(event.target)) menu.open = false; });
