// Passkeys: the browser asks for one when its form is sent.

import { listen } from "./lib/events.js";

const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const decode = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const decodeIds = (keys) => (keys ?? []).map((key) => ({ ...key, id: decode(key.id) }));

function optionsFor(kind, { publicKey }) {
  const challenge = decode(publicKey.challenge);
  if (kind === "get") return { ...publicKey, challenge, allowCredentials: decodeIds(publicKey.allowCredentials) };
  return {
    ...publicKey,
    challenge,
    user: { ...publicKey.user, id: decode(publicKey.user.id) },
    excludeCredentials: decodeIds(publicKey.excludeCredentials),
    // The passkey alone is enough at login.
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
  };
}

// The parts of an answer that are bytes, by their names.
const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

function plain(credential) {
  const { response } = credential;
  const given = PARTS.filter((name) => response[name]).map((name) => [name, encode(response[name])]);
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    response: { ...Object.fromEntries(given), transports: response.getTransports?.() },
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function askDevice(form) {
  const { passkey, options, optionsFrom } = form.dataset;
  const given = optionsFrom ? await fetch(optionsFrom).then((answer) => answer.json()) : JSON.parse(options);
  const publicKey = optionsFor(passkey, given);
  return navigator.credentials[passkey]({ publicKey });
}

listen("submit", "[data-passkey]", async (form, event) => {
  event.preventDefault();
  const error = form.querySelector("[data-passkey-error]");
  error.hidden = true;
  try {
    form.elements.credential.value = JSON.stringify(plain(await askDevice(form)));
  } catch {
    error.hidden = false;
    return;
  }
  form.submit();
});
