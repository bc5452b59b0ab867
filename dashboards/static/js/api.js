// Talking to our own server.
import { t } from "./texts.js";

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? "";

export class Problem extends Error {
  constructor(status, message) { super(message); this.status = status; }
  get conflict() { return this.status === 409; }
}

async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    throw new Problem(0, options.method === "POST"
      ? t("No answer came. Whether it was decided shows when the connection is back; nothing goes out twice.")
      : t("Amends cannot be reached. Try again when the connection is back."));
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  throw new Problem(answer.status, told.message ?? t("The server answered %(status)s. Reload the page.", { status: answer.status }));
}

export async function post(address, body = {}) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf, Accept: "application/json" };
  return (await ask(address, { method: "POST", headers, body: JSON.stringify(body) })).json();
}

// The elements of an HTML fragment. Its text was escaped by the server; scripts in it never run.
export async function fragment(address) {
  const text = await (await ask(address, { headers: { Accept: "application/json" } })).text();
  return new DOMParser().parseFromString(text, "text/html").body;
}

export async function json(address) {
  return (await ask(address, { headers: { Accept: "application/json" } })).json();
}

export const sentence = (text) => (text ? text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".") : "");
