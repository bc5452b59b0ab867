// Live pages without a shape of their own: on certain events the marked parts are fetched anew and put in place.
// <main data-parts-on="incident draft"> … <section data-part="list">. A part with focus, a button held down, an open form or an alert is left alone.
// A page that may be the answer to a form names its own address in data-parts-from: that of the form cannot be fetched.
let waiting;
const marked = document.querySelector("[data-parts-on]");

export async function redrawParts(address = marked?.dataset.partsFrom ?? location.href) {
  const answer = await fetch(address, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-part]")) {
    const next = fresh.querySelector(`[data-part="${CSS.escape(old.dataset.part)}"]`);
    if (!next || busy(old) || old.innerHTML === next.innerHTML) continue;
    const { scrollTop } = old;
    old.replaceChildren(...next.childNodes);
    old.scrollTop = scrollTop;
  }
}

function busy(part) {
  return part.contains(document.activeElement) || part.matches(":active") || part.querySelector("details[open] form, [role=alert]") !== null;
}

export function redrawOn(kinds, redraw = redrawParts, pause = 2000) {
  for (const kind of [...kinds, "stale"]) { // stale: more was missed than can be told
    document.addEventListener(`amends:${kind}`, () => { waiting ??= setTimeout(() => { waiting = undefined; redraw(); }, pause); });
  }
}

if (marked) redrawOn(marked.dataset.partsOn.split(" "));
