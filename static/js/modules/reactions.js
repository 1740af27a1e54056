// Reactions and bookmarks without loading the page anew. Where anything goes wrong the form is sent.

export function reactInPlace() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("form[data-reactions]");
    if (!form || !event.submitter || form.dataset.plain) return;
    event.preventDefault();
    press(form, event.submitter);
  });
}

async function press(form, button) {
  if (button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  const fields = new FormData(form, button);
  const headers = { Accept: "application/json" };
  const address = button.getAttribute("formaction") ?? form.getAttribute("action");
  try {
    const answer = await fetch(address, { method: "POST", body: fields, headers });
    if (!answer.ok) throw new Error(answer.statusText);
    show(form, button, await answer.json());
  } catch {
    form.dataset.plain = "yes";
    form.requestSubmit(button);
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

function show(form, button, answer) {
  if ("keeps" in answer) {
    button.setAttribute("aria-pressed", String(answer.keeps));
    return;
  }
  for (const one of form.querySelectorAll("button[name=kind]")) {
    const shown = answer.reactions[one.value] ?? 0;
    const count = one.querySelector(".reactions__count");
    one.setAttribute("aria-pressed", String(answer.mine.includes(one.value)));
    count.textContent = shown;
    count.hidden = !shown;
  }
}
