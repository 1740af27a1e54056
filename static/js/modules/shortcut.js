// A key brings the reader to the field that names it (data-shortcut), unless they are typing. On a
// page without an ask box its key leads to the page that has one.

import { areKeysOff } from "./keys.js";

const ASK_KEY = "/";
const TYPING = "input, textarea, select, [contenteditable]";

export function listenForShortcuts() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    if (event.defaultPrevented || areKeysOff()) return;
    const field = [...document.querySelectorAll("[data-shortcut]")].find(
      (candidate) => candidate.dataset.shortcut === event.key,
    );
    if (field) {
      event.preventDefault();
      field.focus();
    } else if (event.key === ASK_KEY && document.body.dataset.askPage) {
      event.preventDefault();
      location.assign(`${document.body.dataset.askPage}#ask`);
    }
  });
}
