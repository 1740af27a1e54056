// A key brings the reader to the field that names it (data-shortcut), unless they are typing.

const TYPING = "input, textarea, select, [contenteditable]";

export function listenForShortcuts() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    const field = [...document.querySelectorAll("[data-shortcut]")].find(
      (candidate) => candidate.dataset.shortcut === event.key,
    );
    if (!field) return;
    event.preventDefault();
    field.focus();
  });
}
