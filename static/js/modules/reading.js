// Notes how far a topic was read: a post counts once its end was on the screen. Without script a button
// does it.

const PAUSE = 1500;

export function noteReading() {
  const form = document.querySelector("form[data-mark-read]");
  const list = document.querySelector(".post-list[data-topic]");
  if (form && list && "IntersectionObserver" in window) new Reading(form, list);
}

class Reading {
  constructor(form, list) {
    this.form = form;
    this.read = 0;
    this.sent = 0;
    this.seen = new IntersectionObserver((entries) => this.look(entries), { threshold: [0, 0.5, 1] });
    for (const post of list.querySelectorAll("article[data-number]")) this.seen.observe(post);
    document.addEventListener("posts-added", ({ detail }) => {
      for (const post of detail) this.seen.observe(post);
    });
    addEventListener("pagehide", () => this.send());
    form.hidden = true;
  }

  look(entries) {
    for (const { target, boundingClientRect, rootBounds, isIntersecting } of entries) {
      const bottom = rootBounds ? rootBounds.bottom : innerHeight;
      if (!isIntersecting || boundingClientRect.bottom > bottom + 1) continue;
      this.read = Math.max(this.read, Number(target.dataset.number));
      this.seen.unobserve(target);
    }
    if (this.read > this.sent) this.timer ??= setTimeout(() => this.send(), PAUSE);
  }

  send() {
    clearTimeout(this.timer);
    this.timer = null;
    if (document.hidden && !this.read) return;
    if (this.read <= this.sent) return;
    this.sent = this.read;
    const body = new FormData(this.form);
    body.set("number", this.read);
    const headers = { Accept: "application/json" };
    fetch(this.form.action, { method: "POST", body, headers, keepalive: true }).catch(() => {
      this.form.hidden = false;
    });
  }
}
