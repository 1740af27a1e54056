// Shows how many characters of a question are used, once most are.

const SHOWN_FROM = 0.8;

export function countCharacters() {
  for (const field of document.querySelectorAll("[data-ask-box] textarea[maxlength]")) {
    const hint = document.getElementById(`${field.id}-hint`);
    if (hint) count(field, hint.appendChild(document.createElement("span")));
  }
}

function count(field, place) {
  const format = new Intl.NumberFormat(document.documentElement.lang);
  const show = () => {
    const used = field.value.length;
    const isShown = used >= field.maxLength * SHOWN_FROM;
    place.textContent = isShown ? `${format.format(used)} / ${format.format(field.maxLength)}` : "";
  };
  field.form.addEventListener("input", show);
  show();
}
