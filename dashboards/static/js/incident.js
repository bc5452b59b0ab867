// Keys of the incident page: an element with data-key answers to its key, unless somebody types or has a form open.
import { bind } from "./keys.js";

const press = (key) => () => {
  if (document.querySelector(".incident details[open] form")) return;
  const target = document.querySelector(`[data-key="${key}"]`);
  if (!target) return;
  target.click();
  if (target.matches("summary")) target.parentElement.querySelector("select, input:not([type=hidden])")?.focus();
};

bind({ c: press("c"), d: press("d") }, new Set(["c", "d"]));
