// A reply as its platform will show it, drawn from the stretches the server cut it into.
export function stretches(pieces) {
  return pieces.map(({ text, link, over, level, message }) => {
    const part = document.createElement(level ? "mark" : "span");
    part.className = [level, link ? "link" : "", over ? "too-long" : ""].filter(Boolean).join(" ");
    part.textContent = text;
    if (message) part.title = message;
    return part;
  });
}

export function preview(place, { pieces, where }) {
  if (!place || !pieces) return;
  place.hidden = false;
  place.querySelector("h4").textContent = where;
  place.querySelector(".said").replaceChildren(...stretches(pieces));
}
