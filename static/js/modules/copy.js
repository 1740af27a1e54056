// Copies an answer with its sources: the same text that the link beside the button opens.

export function copyAnswers() {
  if (!navigator.clipboard || !window.ClipboardItem) return;
  reveal();
  document.addEventListener("answer-ended", reveal);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (button) copy(button);
  });
}

function reveal() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
}

async function copy(button) {
  // Given as a promise, because some browsers allow copying only in the moment of the click.
  const text = fetch(button.dataset.copy).then((answer) => {
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.blob();
  });
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
    button.textContent = button.dataset.copied;
  } catch {
    location.assign(button.dataset.copy);
  }
}
