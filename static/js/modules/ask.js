// Sends a question by the live channel and shows its answer sentence by sentence. Where the channel
// does not open, or refuses, the form is sent as it would be without script.
import { exchangeOf, nodesOf, runningExchanges, showEvent } from "./answer.js";
import { connected, disconnect } from "./connection.js";

const EVENTS = ["sources", "statement", "done", "declined", "stopped", "failed"];
const TIME_TO_LOOK_AGAIN = 3000;
let asking = null;

export function streamAnswers() {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("keydown", askWithEnter);
  document.addEventListener("answer-ended", onEnd);
  if (runningExchanges().length) followRunning();
}

// Without the channel the page looks again itself.
async function followRunning() {
  if (!(await connected(welcome))) setTimeout(() => location.reload(), TIME_TO_LOOK_AGAIN);
}

function onSubmit(event) {
  const form = event.target;
  if (form.matches("[data-ask-box]")) {
    event.preventDefault();
    if (!asking) ask(form);
  } else if (form.matches("[data-stop]")) {
    event.preventDefault();
    stop(form);
  }
}

async function ask(form) {
  asking = form;
  form.setAttribute("aria-busy", "true");
  const channel = await connected(welcome);
  if (!channel) return sendPlainly();
  const conversation = new URL(form.action).searchParams.get("conversation");
  channel.emit("ask", { conversation, text: form.elements.question.value });
}

// The browser's own way: what is wrong with a question is then said by the page that comes back.
function sendPlainly() {
  const form = asking;
  asking = null;
  form?.submit();
}

function welcome(channel) {
  for (const name of EVENTS) channel.off(name).on(name, showEvent);
  channel.off("started").on("started", onStarted);
  channel.off("refused").on("refused", sendPlainly);
  channel.off("disconnect", sendPlainly).on("disconnect", sendPlainly);
  for (const exchange of runningExchanges()) {
    const { answerId, sequence } = exchange.dataset;
    channel.emit("follow", { answer: Number(answerId), after: Number(sequence) });
  }
}

function onStarted({ answer, url, html }) {
  const form = asking;
  asking = null;
  const exchanges = document.querySelector("[data-exchanges]");
  if (!exchanges) return location.assign(url);
  exchanges.append(nodesOf(html));
  form.reset();
  form.removeAttribute("aria-busy");
  form.dispatchEvent(new Event("input", { bubbles: true }));
  history.replaceState(null, "", url);
  lead(exchangeOf(answer));
}

// Once, when the reader has just asked; later parts move nothing.
function lead(exchange) {
  const heading = exchange.querySelector(".question__text");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  exchange.scrollIntoView();
}

async function stop(form) {
  const answer = Number(form.closest("[data-exchange]").dataset.answerId);
  const channel = await connected(welcome);
  if (!channel) return form.submit();
  channel.emit("stop", { answer });
}

function onEnd(event) {
  announce(event.target);
  if (!asking && !runningExchanges().length) disconnect(welcome);
}

// Says in one sentence that the answer is there; the quotes are not read out over what is being read.
function announce(exchange) {
  const sentence = exchange.querySelector(".answer__lead, .declined__title, .notice__body > p");
  const place = document.querySelector("[data-announcements]");
  if (place && sentence) place.textContent = sentence.textContent.trim();
}

function askWithEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  const form = event.target.closest("textarea")?.form;
  if (!form?.matches("[data-ask-box]")) return;
  event.preventDefault();
  form.requestSubmit();
}
