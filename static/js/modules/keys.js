// Keyboard shortcuts of the forum. A page says by data-key what each element does, and by
// data-key-item what one goes through; everything can be done without them. They can be switched off
// (WCAG 2.2, 2.1.4), do nothing while one types, and never take a key with Ctrl, Alt or Meta.

const CHOICE = "hub.keys";
const OFF = "off";
const TYPING = "input, textarea, select, [contenteditable]";
const TIME_FOR_SECOND_KEY = 1500;

const ON_POST = { r: "reply", q: "quote", e: "edit" };
const ON_PAGE = { m: "mark-read", u: "unread" };
const AFTER_G = { b: "board" };

let hasLed = false;

export function areKeysOff() {
  try {
    return localStorage.getItem(CHOICE) === OFF;
  } catch {
    return false;
  }
}

export function listenForKeys() {
  const place = document.querySelector("[data-keys]");
  if (!place) return;
  for (const control of document.querySelectorAll("[data-keys-switch]")) offer(control);
  document.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
    if (!plain || areKeysOff() || event.target.closest?.(TYPING)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act(event.key, place, event.target)) event.preventDefault();
  });
}

function act(key, place, target) {
  const wasLed = hasLed;
  hasLed = false;
  if (wasLed) return follow(key, place);
  if (key === "g") return lead();
  if (key === "?") return showHelp();
  if (key === "/" && place.dataset.search && !document.querySelector('[data-shortcut="/"]')) {
    return go(place.dataset.search);
  }
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "o" || (key === "Enter" && target.matches?.("[data-key-item]"))) return press("open");
  if (key === "b") return press("bookmark", "[data-bookmark]");
  if (key === "l") return press("thanks", 'button[name="kind"][value="thanks"]');
  if (ON_POST[key]) return press(ON_POST[key]) || (key === "r" && pressOnPage("reply-topic"));
  return ON_PAGE[key] ? pressOnPage(ON_PAGE[key]) : false;
}

// After "g" comes where to go.
function lead() {
  hasLed = true;
  setTimeout(() => (hasLed = false), TIME_FOR_SECOND_KEY);
  return true;
}

function follow(key, place) {
  if (key === "h") return go(place.dataset.home);
  return AFTER_G[key] ? pressOnPage(AFTER_G[key]) : false;
}

function go(address) {
  location.assign(address);
  return true;
}

function items() {
  return [...document.querySelectorAll("[data-key-item]")];
}

// The one that has the focus, or holds it.
function current() {
  return document.activeElement?.closest("[data-key-item]") ?? null;
}

function step(by) {
  const all = items();
  if (!all.length) return false;
  const at = all.indexOf(current());
  const next = at < 0 ? all.findIndex(isInView) : at + by;
  const item = all[Math.min(Math.max(next, 0), all.length - 1)];
  item.focus({ preventScroll: true });
  const isTall = item.offsetHeight > innerHeight;
  item.scrollIntoView({ block: isTall ? "start" : "nearest" });
  return true;
}

function isInView(item) {
  return item.getBoundingClientRect().bottom > 0;
}

function press(name, otherwise) {
  const item = current();
  if (!item) return false;
  const found = item.querySelector(`[data-key="${name}"]`) ?? (otherwise && item.querySelector(otherwise));
  found?.click();
  return Boolean(found);
}

function pressOnPage(name) {
  const found = document.querySelector(`[data-key="${name}"]`);
  found?.click();
  return Boolean(found);
}

function showHelp() {
  const dialog = document.getElementById("keys-dialog");
  dialog?.showModal();
  return Boolean(dialog);
}

function offer(control) {
  const place = control.closest("[data-keys-switch-place]");
  if (place) place.hidden = false;
  control.addEventListener("click", () => {
    choose(!areKeysOff());
    for (const other of document.querySelectorAll("[data-keys-switch]")) say(other);
  });
  say(control);
}

function choose(off) {
  try {
    if (off) localStorage.setItem(CHOICE, OFF);
    else localStorage.removeItem(CHOICE);
  } catch {
    // Without storage the choice cannot be kept.
  }
}

function say(control) {
  control.textContent = areKeysOff() ? control.dataset.off : control.dataset.on;
}
