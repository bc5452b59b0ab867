// What was approved together and may still be undone: kept for this tab while its approver goes to other pages.
import { post, sentence } from "./api.js";
import { t, tn } from "./texts.js";
import { Together, say } from "./toasts.js";

const KEY = "amends-approved-together";

// ``until``: milliseconds of the clock. No drafts: there is nothing to undo any more.
export function keep(drafts, until = 0) {
  try {
    if (drafts.length) sessionStorage.setItem(KEY, JSON.stringify({ drafts, until }));
    else sessionStorage.removeItem(KEY);
  } catch { /* a browser that keeps nothing: the page of what was sent undoes each */ }
}

function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY));
    return found && found.until > Date.now() ? found : null;
  } catch { return null; }
}

// Shows what still runs with its countdown; returns it, or null when nothing does.
export function resume() {
  const found = kept();
  if (!found) { keep([]); return null; }
  const toast = new Together(tn("%(num)s reply", "%(num)s replies", found.drafts.length), async () => {
    try {
      const { outcomes } = await post("/queue/batch/undo", { drafts: found.drafts }), failed = outcomes.filter((each) => each.problem);
      keep([]);
      toast.remove();
      if (outcomes.length > failed.length) say(tn("%(num)s taken back", "%(num)s taken back", outcomes.length - failed.length));
      for (const problem of new Set(failed.map((each) => each.problem))) say(sentence(problem), { problem: true });
    } catch (problem) {
      say(sentence(problem.message), { problem: true });
    }
  });
  toast.count((found.until - Date.now()) / 1000);
  return toast;
}
