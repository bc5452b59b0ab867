// What was decided and may still be undone. A toast stays until its reply is out.
const place = document.getElementById("toasts");
const running = []; // approvals of this tab that can be undone, oldest first

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

export function say(text, { problem = false, seconds = 6 } = {}) {
  const toast = element("div", problem ? "toast problem" : "toast");
  const close = element("button", "plain", "Close");
  close.type = "button";
  close.onclick = () => toast.remove();
  toast.append(element("p", "", text), close);
  place.append(toast);
  if (!problem) setTimeout(() => toast.remove(), seconds * 1000);
  return toast;
}

// An approval on its way. ``undo`` is called when its button or the key u asks for it.
export class Approval {
  constructor(id, author, undo) {
    this.id = id;
    this.author = author;
    this.undo = undo;
    this.toast = element("div", "toast");
    this.toast.dataset.draft = id;
    this.words = element("p", "", `Approved: ${author}`);
    this.left = element("span", "left");
    this.left.setAttribute("aria-hidden", "true"); // a countdown read aloud every second helps nobody
    this.button = element("button", "", "Undo ");
    this.button.type = "button";
    this.button.append(element("kbd", "", "u"));
    this.button.onclick = () => this.undo(this);
    this.toast.append(this.words, this.left, this.button);
    place.append(this.toast);
    running.push(this);
  }

  count(seconds) {
    this.until = performance.now() + seconds * 1000;
    this.timer = setInterval(() => this.tick(), 250);
    this.tick();
  }

  tick() {
    const left = Math.ceil((this.until - performance.now()) / 1000);
    this.left.textContent = left > 0 ? `goes out in ${left} s` : "";
    if (left <= 0) this.close("Going out");
  }

  // No undo from here on.
  close(words) {
    clearInterval(this.timer);
    drop(this);
    this.button.hidden = true;
    this.left.textContent = "";
    this.words.textContent = `${words}: ${this.author}`;
  }

  end(words, { problem = false } = {}) {
    this.close(words);
    if (!problem) { setTimeout(() => this.toast.remove(), 3000); return; }
    this.toast.classList.add("problem");
    const link = element("a", "button", "See");
    link.href = "/queue/sent";
    this.toast.append(link);
  }

  remove() { clearInterval(this.timer); drop(this); this.toast.remove(); }
}

function drop(approval) {
  const at = running.indexOf(approval);
  if (at >= 0) running.splice(at, 1);
}

export const newest = () => running.at(-1);
