// The editor with script: tools for Markdown, a counter, sending by Ctrl+Enter, files by dropping and
// pasting, a preview that follows, similar topics. Without it the form does all of this by buttons.
import { keepDrafts } from "./drafts.js";
import { suggestNames, suggestTags } from "./mention.js";

const REST = 600;
const MARKS = {
  bold: (field) => wrap(field, "**", "**"),
  italic: (field) => wrap(field, "*", "*"),
  code: (field) => (chosen(field).includes("\n") ? wrap(field, "```\n", "\n```") : wrap(field, "`", "`")),
  quote: (field) => prefix(field, "> "),
  list: (field) => prefix(field, "- "),
  link: (field, words) => wrap(field, "[", `](${/^https?:/.test(chosen(field)) ? "" : "https://"})`, words),
};
const KEYS = { b: "bold", i: "italic", k: "link" };

export function enhanceEditors() {
  for (const form of document.querySelectorAll("[data-editor]")) enhance(form);
}

function enhance(form) {
  const field = form.elements.text;
  const words = JSON.parse(form.dataset.words);
  const say = (text) => { form.querySelector("[data-state]").textContent = text; };
  form.classList.add("editor--scripted");
  showTools(form, field, words);
  countLetters(field, form.querySelector("[data-count]"));
  sendByKey(form, field, words);
  takeFiles(form, field, words, say);
  follow(form, field);
  keepDrafts(form, field, words, say);
  suggestNames(form, field, words);
  const tags = form.querySelector("[data-tag-field]");
  if (tags) suggestTags(form, tags, words);
  if (form.dataset.similar) lookForSimilar(form);
}

// A toolbar is one stop of the tabulator; arrows go from button to button.
function showTools(form, field, words) {
  const bar = form.querySelector("[data-tools]");
  const buttons = [...bar.querySelectorAll("button")];
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark]");
    if (button) MARKS[button.dataset.mark](field, words);
  });
  bar.addEventListener("keydown", (event) => {
    const here = buttons.indexOf(document.activeElement);
    const rtl = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: rtl, ArrowLeft: -rtl }[event.key];
    const next = { Home: 0, End: buttons.length - 1 }[event.key] ?? (step ? here + step : -1);
    const button = buttons[(next + buttons.length) % buttons.length];
    if (here < 0 || (next < 0 && !step)) return;
    event.preventDefault();
    for (const other of buttons) other.tabIndex = other === button ? 0 : -1;
    button.focus();
  });
}

function chosen(field) {
  return field.value.slice(field.selectionStart, field.selectionEnd);
}

function wrap(field, before, after) {
  const { selectionStart: start } = field;
  const text = chosen(field);
  insert(field, before + text + after);
  field.setSelectionRange(start + before.length, start + before.length + text.length);
}

function prefix(field, sign) {
  const start = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  const { selectionEnd: end } = field;
  const lines = field.value.slice(start, end).split("\n").map((line) => sign + line).join("\n");
  field.setSelectionRange(start, end);
  insert(field, lines);
}

// So that the browser's own undo knows of it, where it can.
export function insert(field, text) {
  field.focus();
  if (document.execCommand?.("insertText", false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function countLetters(field, place) {
  const format = new Intl.NumberFormat(document.documentElement.lang);
  const longest = Number(field.dataset.longest);
  const show = () => {
    const used = [...field.value].length;
    place.textContent = `${format.format(used)} / ${format.format(longest)}`;
    place.toggleAttribute("data-over", used > longest);
  };
  field.addEventListener("input", rested(show, 150));
  show();
}

function sendByKey(form, field, words) {
  field.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
    const mark = KEYS[event.key.toLowerCase()];
    if (event.key === "Enter") form.requestSubmit(form.querySelector(".editor__actions [type=submit]"));
    else if (mark && !event.shiftKey) MARKS[mark](field, words);
    else return;
    event.preventDefault();
  });
}

function takeFiles(form, field, words, say) {
  const picker = form.elements.file;
  const { uploads } = form.dataset;
  if (!picker || !uploads) return;
  form.querySelector("[name=attach]").hidden = true;
  const add = (files) => [...files].reduce((before, file) => before.then(() => send(file)), Promise.resolve());
  const send = async (file) => {
    say(words.uploading);
    const body = new FormData();
    body.append("file", file);
    body.append("csrf_token", form.elements.csrf_token.value);
    const answer = await fetch(uploads, { method: "POST", body, headers: { Accept: "application/json" } })
      .catch(() => null);
    const told = await answer?.json().catch(() => null);
    say(answer?.ok ? told.said : told?.problem ?? told?.error?.explanation ?? words.notUploaded);
    if (answer?.ok) insert(field, `${needsLine(field) ? "\n\n" : ""}${told.markdown}\n`);
  };
  picker.addEventListener("change", async () => {
    await add(picker.files);
    picker.value = "";
  });
  field.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    add(event.clipboardData.files);
  });
  field.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    field.toggleAttribute("data-dropping", true);
  });
  field.addEventListener("dragleave", () => field.removeAttribute("data-dropping"));
  field.addEventListener("drop", (event) => {
    field.removeAttribute("data-dropping");
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
}

function needsLine(field) {
  return /\S[^\n]*$/.test(field.value.slice(0, field.selectionStart));
}

// What posting would store: the server makes it, the same way.
function follow(form, field) {
  const live = form.querySelector("[data-live]");
  const place = form.querySelector("[data-live-text]");
  let asked = null;
  const show = async () => {
    if (!live.open) return;
    asked?.abort();
    asked = new AbortController();
    if (!field.value.trim()) return place.replaceChildren();
    const body = new URLSearchParams({ text: field.value, csrf_token: form.elements.csrf_token.value });
    const answer = await fetch(form.dataset.preview, {
      method: "POST", body, signal: asked.signal, headers: { Accept: "text/html" }, redirect: "error",
    }).catch(() => null);
    if (answer?.ok) place.innerHTML = await answer.text();
  };
  live.hidden = false;
  live.addEventListener("toggle", show);
  field.addEventListener("input", rested(show, REST));
}

function lookForSimilar(form) {
  const region = form.querySelector("[data-similar-region]");
  const { title, text } = form.elements;
  let asked = null;
  const look = async () => {
    const question = `${title.value} ${text.value.slice(0, 300)}`.trim();
    asked?.abort();
    asked = new AbortController();
    if (title.value.trim().length < 8) return;
    const url = new URL(form.dataset.similar, location.href);
    url.searchParams.set("q", question);
    const answer = await fetch(url, { signal: asked.signal, headers: { Accept: "text/html" }, redirect: "error" })
      .catch(() => null);
    if (answer?.ok) region.innerHTML = await answer.text();
  };
  title.addEventListener("input", rested(look, REST));
  title.addEventListener("change", look);
}

// Called once the typing has rested for a moment.
export function rested(act, milliseconds) {
  let waiting = 0;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(act, milliseconds);
  };
}
