// Passkeys (W3C WebAuthn level 2): the options come with the page, the answer goes back in a hidden field of the form.
// Without this script, or in a browser without passkeys, the form says so and the other ways stay.

function bytes(text) {
  const padded = text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=");
  return Uint8Array.from(atob(padded), (character) => character.charCodeAt(0));
}

function text(buffer) {
  const characters = Array.from(new Uint8Array(buffer), (octet) => String.fromCharCode(octet)).join("");
  return btoa(characters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function decoded(options) {
  const list = (descriptors) => (descriptors ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
  const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
  if (key.excludeCredentials) key.excludeCredentials = list(key.excludeCredentials);
  if (key.allowCredentials) key.allowCredentials = list(key.allowCredentials);
  return { publicKey: key };
}

function encoded(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const id = text(credential.rawId);
  return { id, rawId: id, type: credential.type, response, clientExtensionResults: {} };
}

export function enhancePasskey(form) {
  const button = form.querySelector("[data-passkey-button]");
  const notice = form.querySelector("[data-passkey-notice]");
  const answer = form.querySelector("input[name=response]");
  const options = JSON.parse(form.querySelector("script[type='application/json']").textContent);
  if (!window.PublicKeyCredential) {
    notice.textContent = form.dataset.missing;
    button.disabled = true;
    return;
  }
  form.addEventListener("submit", async (event) => {
    if (answer.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    notice.textContent = form.dataset.waiting;
    try {
      const asked = decoded(options);
      const made =
        form.dataset.passkey === "create"
          ? await navigator.credentials.create(asked)
          : await navigator.credentials.get(asked);
      answer.value = JSON.stringify(encoded(made));
      notice.textContent = "";
      form.requestSubmit(button);
    } catch {
      notice.textContent = form.dataset.failed;
    }
  });
}
