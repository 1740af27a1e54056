// Makes a passkey, or proves one. Where the browser cannot, the page says what to do instead.

export function offerPasskeys() {
  if (!window.PublicKeyCredential) return;
  for (const place of document.querySelectorAll("[data-passkey]")) offer(place);
}

function offer(place) {
  const button = place.querySelector("[data-passkey-button]");
  place.querySelector("[data-passkey-without]").hidden = true;
  (place.querySelector("[data-passkey-with]") ?? button).hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    say(place, "");
    try {
      await perform(place);
    } catch (error) {
      say(place, error instanceof Refusal ? error.message : wordsFor(place, error));
      button.disabled = false;
    }
  });
}

async function perform(place) {
  const credential = await ceremonies[place.dataset.passkey](await post(place, place.dataset.question, {}));
  const name = place.querySelector("input[name=name]")?.value;
  const answer = await post(place, place.dataset.answer, {
    credential: asJson(credential),
    next: place.dataset.next,
    name,
  });
  location.assign(answer.next);
}

const ceremonies = {
  register: (options) => navigator.credentials.create({ publicKey: {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  } }),
  prove: (options) => navigator.credentials.get({ publicKey: {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: withBytes(options.allowCredentials),
  } }),
};

class Refusal extends Error {}

async function post(place, url, body) {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "Accept": "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": place.dataset.token,
    },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Refusal(said.error.explanation);
  return said;
}

function wordsFor(place, error) {
  return error instanceof TypeError ? place.dataset.offline : place.dataset.failed;
}

function say(place, words) {
  place.querySelector("[data-passkey-message]").textContent = words;
}

// Written by hand, because not every browser that knows passkeys has toJSON and parse…FromJSON.
function asJson(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
}

function withBytes(descriptors = []) {
  return descriptors.map((descriptor) => ({ ...descriptor, id: bytes(descriptor.id) }));
}

function bytes(base64url) {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
