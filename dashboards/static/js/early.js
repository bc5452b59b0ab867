// No module: it runs before the page is drawn. A button pressed before the page's modules listen (a slow machine shows
// the buttons first) is pressed again when they do.
{
  let early;
  const keep = ({ target }) => { early = target.closest?.("button[type=button]"); };
  document.addEventListener("click", keep);
  document.addEventListener("DOMContentLoaded", () => {
    document.removeEventListener("click", keep);
    if (early?.isConnected) early.click();
  });
}
