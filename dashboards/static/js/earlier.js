// Earlier posts of a long case come in above those that stand there. What is being read keeps its place.
import { fragment } from "./api.js";
import { refresh } from "./times.js";

export async function earlier() {
  const history = document.getElementById("history"), button = history?.querySelector("[data-act=earlier]");
  if (!button || button.getAttribute("aria-busy")) return;
  const id = document.getElementById("pane").dataset.id, focused = document.activeElement === button;
  button.setAttribute("aria-busy", "true");
  const body = await fragment(`/queue/${id}/earlier?before=${button.dataset.before}`).catch((problem) => { button.removeAttribute("aria-busy"); throw problem; });
  if (!button.isConnected) return; // another reply is open by now
  const first = history.querySelector("li:not(.more, .day)"), top = first.getBoundingClientRect().top, day = history.querySelector(".day");
  const fresh = [...body.children], last = fresh.findLast((li) => li.matches(".day"));
  history.open = true;
  button.closest("li").replaceWith(...fresh);
  if (last && day?.textContent === last.textContent) day.remove();
  refresh(history);
  document.getElementById("reading").scrollTop += first.getBoundingClientRect().top - top;
  if (focused) (history.querySelector("[data-act=earlier]") ?? history.querySelector("summary")).focus({ preventScroll: true });
}
