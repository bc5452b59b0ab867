// The page of what was approved: follows the events, undoes, settles.
import { fragment, post, sentence } from "./api.js";
import { refresh } from "./times.js";

const place = document.getElementById("sent"), problem = document.getElementById("problem");
let again;

async function redraw() {
  const body = await fragment("/queue/sent/rows").catch(() => null);
  if (!body) return;
  const focused = document.activeElement.closest?.("[data-delivery]")?.dataset.delivery;
  place.replaceChildren(...body.childNodes);
  refresh(place);
  if (focused) (place.querySelector(`[data-delivery="${focused}"] button, [data-delivery="${focused}"] a`) ?? document.getElementById("main")).focus({ preventScroll: true });
}
// A button that is replaced while it is held down is not pressed.
const unlessHeld = () => (place.matches(":active") ? soon() : redraw());
const soon = () => { again ??= setTimeout(() => { again = undefined; unlessHeld(); }, 300); };

document.addEventListener("amends:delivery", soon);
document.addEventListener("amends:draft", soon);
document.addEventListener("amends:stale", soon);
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-settle], [data-undo]");
  if (!button) return;
  problem.hidden = true;
  try {
    if (button.dataset.undo) await post(`/queue/${button.dataset.undo}/undo`);
    else await post(`/deliveries/${button.closest("[data-delivery]").dataset.delivery}/settle`, { sent: button.dataset.settle === "yes" });
  } catch (error) {
    problem.textContent = sentence(error.message);
    problem.hidden = false;
  }
  redraw();
});
