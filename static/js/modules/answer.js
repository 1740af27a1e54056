// Puts the parts of a running answer where they belong. The parts are rendered by the server.

const MARKUP = document.createElement("template");

export function exchangeOf(number) {
  return document.querySelector(`[data-answer-id="${Number(number)}"]`);
}

export function runningExchanges() {
  return [...document.querySelectorAll("[data-exchange]:has([data-answer][aria-busy])")];
}

export function nodesOf(html) {
  MARKUP.innerHTML = html;
  return MARKUP.content.cloneNode(true);
}

// Shows one event, unless it is shown already. An event that follows one that was lost waits for
// the server to send both again.
export function showEvent(event) {
  const exchange = exchangeOf(event.answer);
  const shown = Number(exchange?.dataset.sequence);
  if (!exchange || event.sequence !== shown + 1) return;
  exchange.dataset.sequence = event.sequence;
  exchange.lang = event.language;
  const answer = exchange.querySelector("[data-answer]");
  if (event.lead !== undefined) showLead(answer, event.lead);
  if (event.quotes) answer.querySelector("[data-answer-quotes]").append(nodesOf(event.quotes));
  if (event.tail) answer.querySelector("[data-answer-tail]").replaceChildren(nodesOf(event.tail));
  if (event.final) finish(exchange, answer);
}

function showLead(answer, text) {
  const lead = answer.querySelector(".answer__lead");
  if (text && lead) lead.textContent = text;
  else lead?.remove();
}

function finish(exchange, answer) {
  answer.removeAttribute("aria-busy");
  exchange.dispatchEvent(new CustomEvent("answer-ended", { bubbles: true }));
}
