/*
 * The search box: an ARIA combobox that asks our own route while somebody types. What is typed goes into the body of a
 * request and nowhere else. Streamlit calls the function below at each run of the page; the box stays what it was.
 */
const DEBOUNCE_MS = 50;
const boxes = new WeakMap();
let count = 0;

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

class SearchBox {
  constructor(root) {
    this.id = "gpmb-search-" + ++count;
    this.hits = [];
    this.active = -1;
    this.asked = null;      // the text whose hits are shown
    this.waiting = false;   // Enter was pressed before the answer came
    this.root = root;
  }

  draw() {
    const texts = this.data.texts;
    this.input = element("input", {
      type: "search", role: "combobox", id: this.id, maxlength: this.data.most, placeholder: texts.hint,
      "aria-label": texts.label, "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.id + "-list",
      autocomplete: "off", autocapitalize: "none", spellcheck: "false", enterkeyhint: "search",
    });
    this.list = element("ul", { role: "listbox", id: this.id + "-list", "aria-label": texts.found, hidden: "" });
    this.said = element("p", { role: "status", "aria-live": "polite", class: "said" });
    this.box = element("div", { class: "box" }, this.input, element("div", { class: "drop" }, this.list, this.said));
    this.root.append(this.box);
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("focus", () => { if (this.hits.length && this.asked === this.text()) { this.open(); } });
    this.box.addEventListener("focusout", (event) => { if (!this.box.contains(event.relatedTarget)) { this.close(); } });
  }

  text() { return this.input.value.trim(); }

  typed() {
    clearTimeout(this.timer);
    this.waiting = false;
    if (!this.text()) { this.show({ hits: [], said: "" }, ""); return; }
    this.timer = setTimeout(() => this.ask(), DEBOUNCE_MS);
  }

  async ask() {
    const text = this.text(), { route, moment } = this.data;
    if (this.request) { this.request.abort(); } // what was typed before is of no use any more
    const request = this.request = new AbortController();
    try {
      const answer = await fetch(route, {
        method: "POST", headers: { "Content-Type": "application/json" }, signal: request.signal,
        body: JSON.stringify({ q: text, ...moment }),
      });
      const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : { error: this.data.texts.failed };
      if (text === this.text()) { this.show(told.error ? { hits: [], said: told.error } : told, text); }
    } catch (error) {
      if (error.name !== "AbortError") { this.show({ hits: [], said: this.data.texts.failed }, text); }
    }
  }

  show(told, text) {
    this.hits = told.hits;
    this.asked = text;
    this.list.replaceChildren(...told.hits.map((hit, at) => this.option(hit, at)));
    this.said.textContent = told.said;
    this.box.classList.toggle("empty", !told.hits.length);
    this.activate(-1);
    if (text) { this.open(); } else { this.close(); }
    if (this.waiting) { this.waiting = false; if (this.hits.length) { this.choose(0); } }
  }

  option(hit, at) {
    const name = element("span", { class: "name" }, hit.title), where = element("span", { class: "where" }, hit.where);
    const made = element("li", { role: "option", id: `${this.id}-${at}`, "aria-selected": "false", class: hit.kind }, name, where);
    if (hit.colour) {
      const chip = element("span", { class: "class" }, element("i", { class: hit.stuck ? "stuck" : "", style: `background-color:${hit.colour}` }), hit.class);
      made.append(chip);
    }
    made.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    made.addEventListener("click", () => this.choose(at));
    return made;
  }

  open() {
    this.box.classList.add("open");
    this.list.hidden = !this.hits.length;
    this.input.setAttribute("aria-expanded", String(this.hits.length > 0));
  }

  close() {
    this.box.classList.remove("open");
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.activate(-1);
  }

  isOpen() { return this.box.classList.contains("open"); }

  activate(at) {
    this.active = at;
    [...this.list.children].forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
    if (at < 0) { this.input.removeAttribute("aria-activedescendant"); return; }
    this.input.setAttribute("aria-activedescendant", `${this.id}-${at}`);
    this.list.children[at].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.isComposing) { return; } // a Vietnamese input method is at work
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], many = this.hits.length;
    if (step && many) {
      event.preventDefault();
      if (!this.isOpen()) { this.open(); }
      this.activate(this.active < 0 ? (step > 0 ? 0 : many - 1) : (this.active + step + many) % many);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.asked !== this.text()) { this.waiting = true; clearTimeout(this.timer); this.ask(); } else if (many && this.isOpen()) {
        this.choose(Math.max(this.active, 0));
      }
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (this.isOpen()) { this.close(); } else { this.input.value = ""; this.typed(); }
    }
  }

  /* On a phone the list stands over the card: whoever opened one is led there. */
  leadToCard() {
    const card = document.querySelector(".st-key-card");
    if (this.opening && card && document.querySelector(".st-key-list") && window.matchMedia("(max-width: 640px)").matches) {
      card.scrollIntoView({ block: "start" });
    }
    this.opening = false;
  }

  choose(at) {
    const hit = this.hits[at];
    this.input.value = hit.title;
    this.asked = hit.title;
    this.close();
    this.said.textContent = "";
    this.opening = hit.kind === "unit";
    this.tell("chosen", { kind: hit.kind, key: hit.key, at: Date.now() }); // the time makes a second choice of the same one new
  }
}

export default function (component) {
  let box = boxes.get(component.parentElement);
  if (!box) { boxes.set(component.parentElement, box = new SearchBox(component.parentElement)); }
  box.data = component.data;
  box.tell = component.setTriggerValue;
  if (!box.input) { box.draw(); }
  box.leadToCard();
}
