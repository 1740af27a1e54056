// Names and tags to choose from while one types: a listbox of the field, after the WAI-ARIA pattern of
// a combobox. The focus stays in the field; arrows choose, Enter or Tab takes, Escape closes.
import { insert, rested } from "./editor.js";

const REST = 150;
const NAME = /(?:^|[\s([{>"'])@("?)([\p{L}\p{N}\p{M}_.'’-][\p{L}\p{N}\p{M}_.'’ -]{0,39})$/u;
const PLAIN = /^[\p{L}\p{N}\p{M}_.'’-]+$/u;

export function suggestNames(form, field, words) {
  const url = form.dataset.people;
  new Suggestions(field, words.names, words, {
    typed: () => {
      const found = NAME.exec(field.value.slice(0, field.selectionStart));
      const isOne = found && (found[1] || !/\s{2}| .* /.test(found[2]));
      return isOne ? { prefix: found[2], length: found[2].length + found[1].length } : null;
    },
    ask: async (prefix) => (await listed(url, prefix))?.people ?? [],
    written: (name) => (PLAIN.test(name) ? `${name} ` : `"${name}" `),
  });
}

export function suggestTags(form, field, words) {
  const url = form.dataset.tags;
  new Suggestions(field, words.tags, words, {
    typed: () => {
      const found = /(?:^|,)\s*([^,]+)$/.exec(field.value.slice(0, field.selectionStart));
      return found ? { prefix: found[1], length: found[1].length } : null;
    },
    ask: async (prefix) => (await listed(url, prefix))?.tags ?? [],
    written: (tag) => `${tag}, `,
  });
}

async function listed(url, prefix) {
  const address = new URL(url, location.href);
  address.searchParams.set("q", prefix);
  const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

let count = 0;

class Suggestions {
  constructor(field, label, words, way) {
    Object.assign(this, { field, words, way, chosen: -1, names: [] });
    this.list = document.createElement("ul");
    this.list.id = `suggestions-${++count}`;
    this.list.className = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    this.list.hidden = true;
    this.told = document.createElement("span");
    this.told.className = "visually-hidden";
    this.told.setAttribute("role", "status");
    field.after(this.list, this.told);
    // A field of several lines must stay a text box: that it has a list is said there without the role.
    if (field.tagName === "INPUT") field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", this.list.id);
    field.setAttribute("autocomplete", "off");
    this.close();
    field.addEventListener("input", rested(() => this.look(), REST));
    field.addEventListener("keydown", (event) => this.onKey(event));
    field.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => this.onPress(event));
  }

  async look() {
    const typed = this.way.typed();
    if (!typed || document.activeElement !== this.field) return this.close();
    const names = await this.way.ask(typed.prefix);
    if (this.way.typed()?.prefix !== typed.prefix) return;
    this.names = names;
    if (!names.length) return this.close();
    this.list.replaceChildren(...names.map((name, place) => this.option(name, place)));
    this.list.hidden = false;
    this.expand(true);
    this.told.textContent = this.words.suggestions.replace("{count}", names.length);
    this.mark(0);
  }

  option(name, place) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${place}`;
    option.setAttribute("role", "option");
    option.dataset.place = place;
    option.textContent = name;
    option.dir = "auto";
    return option;
  }

  mark(place) {
    this.chosen = place;
    for (const option of this.list.children) {
      option.setAttribute("aria-selected", String(Number(option.dataset.place) === place));
    }
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${place}`);
  }

  onKey(event) {
    if (this.list.hidden || event.isComposing || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.mark((this.chosen + step + this.names.length) % this.names.length);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.chosen);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  onPress(event) {
    event.preventDefault();
    const option = event.target.closest("[data-place]");
    if (option) this.take(Number(option.dataset.place));
  }

  take(place) {
    const typed = this.way.typed();
    const name = this.names[place];
    this.close();
    if (!typed || name === undefined) return;
    const end = this.field.selectionStart;
    this.field.setSelectionRange(end - typed.length, end);
    insert(this.field, this.way.written(name));
  }

  close() {
    this.list.hidden = true;
    this.names = [];
    this.told.textContent = "";
    this.expand(false);
    this.field.removeAttribute("aria-activedescendant");
  }

  expand(isOpen) {
    if (this.field.tagName === "INPUT") this.field.setAttribute("aria-expanded", String(isOpen));
  }
}
