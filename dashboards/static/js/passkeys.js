// Passkeys: bytes travel as base64url (WebAuthn Level 3, "JSON"), read and written by hand for browsers without it.
import { post } from "./api.js";
import { t } from "./texts.js";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keys = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

function sent(credential) {
  const { response } = credential;
  const out = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) out[name] = text(response[name]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: out, clientExtensionResults: {} };
}

async function make(form) {
  const asked = await post("/account/passkeys/options", { password: form.elements.password?.value ?? "" });
  const publicKey = {
    ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: keys(asked.excludeCredentials),
  };
  const credential = await navigator.credentials.create({ publicKey });
  return post("/account/passkeys", { name: form.elements.name.value, credential: sent(credential) });
}

async function use(form) {
  const asked = await post("/login/passkey/options");
  const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: keys(asked.allowCredentials) };
  const credential = await navigator.credentials.get({ publicKey });
  return post("/login/passkey", { next: form.elements.next?.value ?? "/", credential: sent(credential) });
}

const said = () => ({
  NotAllowedError: t("The browser ended this, or it took too long. Nothing was done; try again."),
  InvalidStateError: t("This device holds a passkey for your account already."),
  SecurityError: t("Passkeys work only at the address this service is known by."),
});

function prepare(form, act) {
  const place = form.dataset.place;
  const away = place !== location.origin;
  if (!window.PublicKeyCredential || away) {
    form.querySelector("[data-cannot]")?.removeAttribute("hidden");
    return;
  }
  form.querySelector("[data-can]").hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const problem = form.querySelector("[role=alert]");
    button.disabled = true;
    problem.hidden = true;
    try {
      location.assign((await act(form)).to);
    } catch (error) {
      problem.textContent = said()[error.name] ?? error.message;
      problem.hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
}

for (const form of document.querySelectorAll("form[data-passkey]")) prepare(form, form.dataset.passkey === "make" ? make : use);
