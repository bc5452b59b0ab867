// What was decided and may still be undone. A toast stays until its reply is out.
import { t } from "./texts.js";

const place = document.getElementById("toasts") ?? away();
const running = []; // approvals of this tab that can be undone, oldest first

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// A place for them on pages that have none of their own.
function away() {
  const made = element("div", "toasts away");
  made.id = "toasts";
  made.setAttribute("role", "status");
  document.body.append(made);
  return made;
}

export function say(text, { problem = false, seconds = 6 } = {}) {
  const toast = element("div", problem ? "toast problem" : "toast");
  const close = element("button", "plain", t("Close"));
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
    this.words = element("p", "", t("Approved: %(author)s", { author }));
    this.left = element("span", "left");
    this.left.setAttribute("aria-hidden", "true"); // a countdown read aloud every second helps nobody
    this.button = element("button", "", `${t("Undo")} `);
    this.button.type = "button";
    this.button.append(element("kbd", "", "u"));
    this.button.onclick = () => this.ask();
    this.toast.append(this.words, this.left, this.button);
    place.append(this.toast);
    running.push(this);
  }

  ask() { return this.undo(this); }

  count(seconds) {
    this.until = performance.now() + seconds * 1000;
    this.timer = setInterval(() => this.tick(), 250);
    this.tick();
  }

  tick() {
    const left = Math.ceil((this.until - performance.now()) / 1000);
    this.left.textContent = left > 0 ? t("goes out in %(seconds)s s", { seconds: left }) : "";
    if (left <= 0) this.close(t("Going out: %(author)s", { author: this.author }));
  }

  // No undo from here on.
  close(words) {
    clearInterval(this.timer);
    drop(this);
    this.button.hidden = true;
    this.left.textContent = "";
    this.words.textContent = words;
  }

  end(words, { problem = false } = {}) {
    this.close(words);
    if (!problem) { setTimeout(() => this.toast.remove(), 3000); return; }
    this.toast.classList.add("problem");
    const link = element("a", "button", t("See"));
    link.href = "/queue/sent";
    this.toast.append(link);
  }

  remove() { clearInterval(this.timer); drop(this); this.toast.remove(); }
}

// Several at once. No event of one of them ends it: its time does.
export class Together extends Approval {
  constructor(author, undo) { super("together", author, undo); this.together = true; }

  close(words) { super.close(words); setTimeout(() => this.toast.remove(), 3000); }
}

function drop(approval) {
  const at = running.indexOf(approval);
  if (at >= 0) running.splice(at, 1);
}

export const newest = () => running.at(-1);
