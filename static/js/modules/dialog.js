// Opens a dialog on this page instead of following the link to the page that does the same.

export function openDialogs() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-opens-dialog]");
    const dialog = link && document.getElementById(link.dataset.opensDialog);
    if (!dialog?.showModal) return;
    event.preventDefault();
    dialog.showModal();
  });
}
