// New posts in an open topic. Nothing moves: a bar says how many there are, and adds them below when it
// is pressed, from the page that would show them without script.
import { whileLookedAt } from "./bell.js";
import { connected, disconnect } from "./connection.js";

export function hearNewPosts() {
  const list = document.querySelector(".post-list[data-topic]");
  if (!list || !document.querySelector("[data-bell]")) return;
  const bar = document.querySelector("[data-live-bar]");
  if (bar) new LiveTopic(list, bar);
}

class LiveTopic {
  constructor(list, bar) {
    Object.assign(this, { list, bar, topic: Number(list.dataset.topic) });
    this.welcome = (channel) => this.join(channel);
    this.hear = (numbers) => this.note(numbers);
    this.button = bar.querySelector("button");
    this.button.addEventListener("click", () => this.load());
    whileLookedAt(() => connected(this.welcome), () => disconnect(this.welcome));
  }

  join(channel) {
    channel.off("posts", this.hear).on("posts", this.hear);
    channel.emit("join", { topic: this.topic });
  }

  get last() {
    return Number(this.list.dataset.last);
  }

  // On a page that is not the last one, what is new stands behind its link to the later ones.
  note({ topic, number }) {
    if (topic !== this.topic || this.list.dataset.later === "yes") return;
    const count = number - this.last;
    this.button.hidden = count < 1;
    if (count < 1) return;
    const words = count === 1 ? this.bar.dataset.one : this.bar.dataset.many;
    this.button.textContent = words.replace("{n}", count);
  }

  async load() {
    this.button.setAttribute("aria-busy", "true");
    try {
      await this.append();
    } catch {
      location.reload();
    } finally {
      this.button.removeAttribute("aria-busy");
    }
  }

  async append() {
    const url = new URL(location.href);
    url.search = `?after=${this.last}`;
    url.hash = "";
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const later = page.querySelector(".post-list[data-topic]");
    const posts = [...later.querySelectorAll("article[data-number]")].filter(
      (post) => !document.getElementById(post.id),
    );
    const nodes = posts.map((post) => document.adoptNode(post));
    this.list.append(...nodes);
    const hasMore = later.dataset.later === "yes";
    this.list.dataset.last = later.dataset.last;
    this.list.dataset.later = later.dataset.later;
    this.button.hidden = true;
    if (hasMore) location.assign(url);
    nodes[0]?.focus({ preventScroll: true });
    document.dispatchEvent(new CustomEvent("posts-added", { detail: nodes }));
  }
}
