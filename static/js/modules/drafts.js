// Keeps what is being written: on the server, as the button "Keep as draft" does, and in this browser
// for the moments in which the server cannot be reached or the sign-in has ended.

const REST = 2500;
const COPY = "writing:";
const MOST_COPIES = 20;
let isLeaving = false;

export function keepDrafts(form, field, words, say) {
  const keeper = new Keeper(form, field, words, say);
  form.addEventListener("input", () => keeper.changed());
  form.addEventListener("submit", (event) => keeper.beforeSending(event));
  addEventListener("pagehide", () => keeper.copy());
  keeper.offerCopy();
}

// Whoever signs out leaves nothing behind for the next one at this browser. Copies outlast a sign-in
// that merely ended, so they carry who wrote them.
export function forgetCopiesOnSignOut() {
  document.querySelector("[data-sign-out]")?.addEventListener("submit", () => {
    isLeaving = true;
    stored(() => copies().forEach((name) => sessionStorage.removeItem(name)));
  });
}

class Keeper {
  constructor(form, field, words, say) {
    Object.assign(this, { form, field, words, say });
    this.name = `${COPY}${form.dataset.writer}:${form.dataset.place}`;
    this.kept = this.typed();
    this.saving = null;
    this.isStopped = false;
    this.wait = 0;
  }

  typed() {
    const { text, title, tags } = this.form.elements;
    return JSON.stringify([text.value, title?.value ?? "", tags?.value ?? ""]);
  }

  changed() {
    clearTimeout(this.wait);
    this.wait = setTimeout(() => { this.copy(); this.save(); }, REST);
  }

  async save() {
    if (this.isStopped || this.saving || this.typed() === this.kept) return;
    const typed = this.typed();
    this.saving = this.send();
    const answer = await this.saving;
    this.saving = null;
    if (answer?.status === 200) {
      this.kept = typed;
      this.form.elements.draft.value = (await answer.json()).revision || "";
      this.say(this.words.kept);
    } else if (answer?.status === 409) this.choose(await answer.json());
    else this.say(answer?.status === 401 || answer?.status === 400 ? this.words.signedOut : this.words.unkept);
  }

  send() {
    const [text, title, tags] = JSON.parse(this.typed());
    const { draft, csrf_token: token } = this.form.elements;
    const body = new URLSearchParams({
      place: this.form.dataset.place, text, title, tags, revision: draft.value, csrf_token: token.value,
    });
    return fetch(this.form.dataset.keep, {
      method: "POST", body, headers: { Accept: "application/json" }, redirect: "error",
    }).catch(() => null);
  }

  // Two devices at once: nothing is kept over the other's words until somebody has chosen.
  choose(other) {
    this.isStopped = true;
    this.say(this.words.conflict);
    const goOn = () => {
      this.form.elements.draft.value = other.revision;
      this.isStopped = false;
      this.say("");
      this.form.dispatchEvent(new Event("input", { bubbles: true }));
    };
    this.offer(this.words.useOther, () => { this.copy(":other"); this.put(other); goOn(); });
    this.offer(this.words.keepMine, () => { this.kept = ""; goOn(); });
  }

  // A draft that is on its way must not arrive after the post that it became.
  async beforeSending(event) {
    clearTimeout(this.wait);
    this.copy();
    if (!this.saving) {
      this.isStopped = true;
      return;
    }
    event.preventDefault();
    await this.saving;
    await Promise.resolve();
    setTimeout(() => this.form.requestSubmit(event.submitter ?? undefined), 0);
  }

  copy(suffix = "") {
    const [text, title, tags] = JSON.parse(this.typed());
    if (isLeaving || (!text && !title)) return;
    const key = this.form.elements.submission.value;
    stored(() => sessionStorage.setItem(this.name + suffix, JSON.stringify({ key, text, title, tags })));
    stored(forgetOldest);
  }

  // A copy whose form was posted is not needed any more; one that stands here already neither.
  offerCopy() {
    const found = stored(() => JSON.parse(sessionStorage.getItem(this.name)));
    const isSent = found && this.form.dataset.sent.split(" ").includes(found.key);
    if (isSent) stored(() => sessionStorage.removeItem(this.name));
    if (!found || isSent || found.text.trimEnd() === this.field.value.trimEnd()) return;
    this.say(this.words.found);
    this.offer(this.words.restore, () => { this.put(found); this.say(""); });
    this.offer(this.words.drop, () => { stored(() => sessionStorage.removeItem(this.name)); this.say(""); });
  }

  put({ text, title, tags }) {
    const fields = this.form.elements;
    fields.text.value = text;
    if (fields.title && title) fields.title.value = title;
    if (fields.tags && tags) fields.tags.value = tags;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  offer(label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--quiet";
    button.textContent = label;
    button.addEventListener("click", act);
    this.form.querySelector("[data-state]").append(" ", button);
  }
}

// A browser may refuse to store anything.
function stored(act) {
  try {
    return act();
  } catch {
    return null;
  }
}

function copies() {
  return Object.keys(sessionStorage).filter((name) => name.startsWith(COPY));
}

function forgetOldest() {
  const names = copies();
  for (const name of names.slice(0, Math.max(0, names.length - MOST_COPIES))) sessionStorage.removeItem(name);
}
