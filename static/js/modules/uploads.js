// Sends pictures and PDF files while one writes, and puts them into the text where the cursor is.

const TAKEN = /^(image\/(png|jpeg|webp|gif)|application\/pdf)$/;

export function offerUploads() {
  for (const place of document.querySelectorAll("[data-uploads]")) {
    const text = document.getElementById(place.dataset.into);
    if (text) offer(place, text);
  }
}

function offer(place, text) {
  const picker = place.querySelector("input[type=file]");
  picker.parentElement.hidden = false;
  picker.addEventListener("change", async () => {
    await sendAll(place, text, picker.files);
    picker.value = "";
  });
  for (const [kind, from] of [["paste", "clipboardData"], ["drop", "dataTransfer"]]) {
    text.addEventListener(kind, (event) => {
      const files = [...(event[from]?.files ?? [])].filter((file) => TAKEN.test(file.type));
      if (!files.length) return;
      event.preventDefault();
      sendAll(place, text, files);
    });
  }
}

async function sendAll(place, text, files) {
  for (const file of [...files]) await send(place, text, file);
}

async function send(place, text, file) {
  const { sending, done, failed } = place.dataset;
  say(place, sending, file.name);
  const fields = new FormData();
  fields.append("csrf_token", place.dataset.token);
  fields.append("file", file, file.name);
  try {
    const answer = await fetch(place.dataset.uploads, {
      method: "POST",
      body: fields,
      headers: { Accept: "application/json" },
    });
    const told = await answer.json();
    if (!answer.ok) return say(place, told.problem ?? told.error?.explanation ?? failed, file.name);
    insert(text, told.markdown);
    say(place, `${done} ${told.said}`, file.name);
  } catch {
    say(place, failed, file.name);
  }
}

function say(place, words, name) {
  place.querySelector("[role=status]").textContent = words.replace("{name}", name).trim();
}

function insert(text, markdown) {
  const { selectionStart: from, selectionEnd: to } = text;
  const before = text.value.slice(0, from);
  const gap = !before || before.endsWith("\n") ? "" : "\n";
  text.setRangeText(`${gap}${markdown}\n`, from, to, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}
