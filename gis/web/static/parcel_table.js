/*
 * The list of parcels beside the map: a real table, filled a page at a time by our own route. Rows are reached with the
 * arrow keys, Enter opens the card. Streamlit calls the function below at each run of the page; the table stays what it was.
 */
const DEBOUNCE_MS = 120;
const tables = new WeakMap();
let count = 0;

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => {
    if (value === true) { made.setAttribute(name, ""); } else if (value !== false && value !== null) { made.setAttribute(name, value); }
  });
  made.append(...children.filter((child) => child !== null));
  return made;
}

class ParcelTable {
  constructor(root) {
    this.root = root;
    this.id = "gpmb-list-" + ++count;
    this.filter = { text: "", zone: "", commune: "", class: "", land_use: "" };
    this.sort = "commune";
    this.down = false;
    this.first = 0;
    this.inView = false;
  }

  /* ---- drawn once ---- */

  draw() {
    const { texts, options, names } = this.data;
    const text = this.field("text", element("input", { type: "search", maxlength: this.data.most, autocomplete: "off", spellcheck: "false" }));
    const fields = ["zone", "commune", "class", "land_use"].map((name) => this.field(name, element("select", {},
      element("option", { value: "" }, texts.all), ...options[name].map(([value, label]) => element("option", { value }, label)))));
    this.viewBox = element("input", { type: "checkbox", id: this.id + "-view" });
    this.viewBox.addEventListener("change", () => { this.inView = this.viewBox.checked; this.watchMap(); this.again(); });
    const view = element("div", { class: "check" }, this.viewBox, element("label", { for: this.id + "-view" }, texts.in_view));
    this.more = element("summary", {}, texts.more);
    this.said = element("p", { class: "said", role: "status", "aria-live": "polite" });
    this.body = element("tbody", {});
    this.heads = this.data.columns.map(([name, label]) => this.head(name, label));
    const table = element("table", {}, element("caption", {}, texts.title), element("thead", {}, element("tr", {}, ...this.heads)), this.body);
    this.scroll = element("div", { class: "scroll" }, table);
    this.shown = element("span", { class: "shown" });
    this.back = this.button(texts.previous, () => this.turn(-1));
    this.next = this.button(texts.next, () => this.turn(1));
    const file = this.button(texts.file, () => this.file());
    this.many = this.button(texts.choose, () => this.tell("many", { ...this.question(), at: Date.now() }));
    this.withNames = names ? element("input", { type: "checkbox", id: this.id + "-names" }) : null;
    const withNames = names ? element("span", { class: "check" }, this.withNames, element("label", { for: this.id + "-names" }, texts.with_names)) : null;
    this.refusal = element("p", { class: "refusal", role: "alert" });
    this.section = element("section", { "aria-label": texts.title },
      element("div", { class: "filters", role: "search", "aria-label": texts.filters }, text,
        element("details", {}, this.more, element("div", { class: "fields" }, ...fields, view))),
      this.said, this.refusal, this.scroll,
      element("div", { class: "foot" }, element("nav", { "aria-label": texts.pages }, this.back, this.shown, this.next),
        element("div", { class: "out" }, this.many, withNames, file)));
    this.root.append(this.section);
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.mark();
  }

  field(name, input) {
    const id = `${this.id}-${name}`;
    input.id = id;
    input.addEventListener("input", () => {
      this.filter[name] = input.value;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.again(), name === "text" ? DEBOUNCE_MS : 0);
    });
    return element("div", { class: "field " + name }, element("label", { for: id }, this.data.texts[name]), input);
  }

  head(name, label) {
    if (!this.data.sorts.includes(name)) { return element("th", { scope: "col", class: name }, label); }
    const button = element("button", { type: "button" }, label, element("span", { class: "arrow", "aria-hidden": "true" }));
    button.addEventListener("click", () => {
      this.down = this.sort === name ? !this.down : false;
      this.sort = name;
      this.mark();
      this.again();
    });
    return element("th", { scope: "col", class: name, "data-sort": name }, button);
  }

  mark() {
    this.heads.filter((head) => head.dataset.sort).forEach((head) => {
      const sorted = head.dataset.sort === this.sort;
      head.setAttribute("aria-sort", sorted ? (this.down ? "descending" : "ascending") : "none");
      head.querySelector(".arrow").textContent = sorted ? (this.down ? "▼" : "▲") : "";
    });
  }

  button(label, work) {
    const made = element("button", { type: "button", class: "plain" }, label);
    made.addEventListener("click", work);
    return made;
  }

  /* ---- asked ---- */

  question() {
    const { moment, query } = this.data;
    const box = this.inView ? this.mapBox() : null;
    return { ...moment, ...query, ...this.filter, sort: this.sort, down: this.down, ...(box ? { box } : {}) };
  }

  again() {
    const set = Object.entries(this.filter).filter(([name, value]) => value && name !== "text").length + Number(this.inView);
    this.more.textContent = set ? `${this.data.texts.more} (${set})` : this.data.texts.more;
    this.first = 0;
    this.load();
  }

  async load(focus) {
    if (this.request) { this.request.abort(); }
    const request = this.request = new AbortController();
    this.section.setAttribute("aria-busy", "true");
    try {
      const answer = await this.post(this.data.routes.list, { ...this.question(), first: this.first }, request.signal);
      this.show(await answer.json(), focus);
    } catch (error) {
      if (error.name === "AbortError") { return; }
      this.refusal.textContent = error.sentence || this.data.texts.failed;
    }
    this.section.removeAttribute("aria-busy");
  }

  async post(route, question, signal) {
    const answer = await fetch(route, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question), signal });
    if (answer.ok) { return answer; }
    const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
    throw Object.assign(new Error("refused"), { sentence: told.error });
  }

  show(told, focus) {
    this.refusal.textContent = "";
    this.first = told.first;
    this.count = told.count;
    if (this.said.textContent !== told.said) { this.said.textContent = told.said; }
    this.shown.textContent = told.shown;
    this.back.disabled = this.first === 0;
    this.many.disabled = !told.count;
    this.next.disabled = this.first + told.rows.length >= told.count;
    this.body.replaceChildren(...told.rows.map((row) => this.row(row)));
    if (!told.rows.length) {
      this.body.append(element("tr", {}, element("td", { colspan: String(this.heads.length), class: "none" }, this.data.texts.none)));
    }
    this.scroll.scrollTop = 0;
    this.reach(focus === "last" ? told.rows.length - 1 : 0, Boolean(focus));
    this.select();
  }

  row(told) {
    const open = element("button", { type: "button", class: "open", tabindex: "-1" }, told.title);
    const stuck = told.stuck ? "stuck" : "";
    const cells = {
      commune: [told.commune],
      class: [element("i", { class: stuck, style: `background-color:${told.colour}`, "aria-hidden": "true" }), told.class],
      m2: [told.m2],
      land_use: [element("abbr", { title: told.use_name }, told.land_use)],
      households: told.households.map(([code, name]) => element("span", {}, name ? `${name} ` : "", element("small", {}, code))),
      last: [told.last],
    };
    const made = element("tr", { "data-key": told.key }, element("th", { scope: "row" }, open),
      ...this.data.columns.slice(1).map(([name]) => element("td", { class: name }, ...cells[name])));
    made.addEventListener("click", () => this.open(made));
    return made;
  }

  select() {
    this.rows().forEach((row) => {
      const selected = row.dataset.key === this.data.selected;
      row.classList.toggle("selected", selected);
      if (selected) { row.setAttribute("aria-current", "true"); } else { row.removeAttribute("aria-current"); }
    });
  }

  /* ---- keys: one row is in the order of Tab, the arrows move it ---- */

  rows() { return [...this.body.querySelectorAll("tr[data-key]")]; }

  reach(at, focus) {
    const rows = this.rows();
    rows.forEach((row, place) => { row.querySelector(".open").tabIndex = place === at ? 0 : -1; });
    if (focus && rows[at]) { rows[at].querySelector(".open").focus(); }
  }

  key(event) {
    const rows = this.rows(), at = rows.indexOf(event.target.closest("tr"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (at < 0) { return; }
    if (event.key === "PageDown" || to >= rows.length) {
      event.preventDefault();
      if (!this.next.disabled) { this.turn(1, "first"); }
    } else if (event.key === "PageUp" || to < 0) {
      event.preventDefault();
      if (!this.back.disabled) { this.turn(-1, event.key === "PageUp" ? "first" : "last"); }
    } else if (to !== undefined) {
      event.preventDefault();
      this.reach(to, true);
    }
  }

  turn(step, focus) {
    this.first = Math.max(0, this.first + step * this.data.page);
    this.load(focus);
  }

  open(row) {
    this.reach(this.rows().indexOf(row), true);
    this.opening = row.dataset.key;
    this.tell("opened", { key: this.opening, at: Date.now() });
  }

  /* On a phone the card stands under the list: whoever opened it is led there. */
  leadToCard() {
    if (!this.opening || this.opening !== this.data.selected) { return; }
    this.opening = null;
    const card = document.querySelector(".st-key-card");
    if (card && window.matchMedia("(max-width: 640px)").matches) { card.scrollIntoView({ block: "start" }); }
  }

  /* ---- the map ---- */

  map() {
    for (let i = 0; i < window.frames.length; i++) {
      try {
        const live = window.frames[i].clearanceMap && window.frames[i].clearanceMap.live;
        if (live && live.config.view_key === this.data.map && live.shown) { return live.map; }
      } catch (error) { /* a frame of somebody else */ }
    }
    return null;
  }

  mapBox() {
    const map = this.map(), box = map && map.getBounds();
    return box ? [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((degrees) => Number(degrees.toFixed(7))) : null;
  }

  watchMap() {
    const map = this.map();
    if (!map || map === this.watched) { return; }
    this.watched = map;
    map.on("moveend", () => {
      if (!this.inView || !this.section.isConnected) { return; }
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.again(), DEBOUNCE_MS);
    });
  }

  /* ---- the workbook ---- */

  async file() {
    try {
      const names = Boolean(this.withNames && this.withNames.checked);
      const answer = await this.post(this.data.routes.file, { ...this.question(), names });
      const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition"))[1];
      const link = element("a", { href: URL.createObjectURL(await answer.blob()), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    } catch (error) {
      this.refusal.textContent = error.sentence || this.data.texts.failed;
    }
  }

  /* ---- each run of the page ---- */

  update(data, tell) {
    const shown = JSON.stringify([data.moment, data.query, data.seen]), fresh = shown !== this.asked;
    this.data = data;
    this.tell = tell;
    this.asked = shown;
    if (!this.section) { this.draw(); }
    this.many.hidden = !data.writes;
    if (fresh) { this.load(); } else { this.select(); }
    this.leadToCard();
  }
}

export default function (component) {
  let table = tables.get(component.parentElement);
  if (!table) { tables.set(component.parentElement, table = new ParcelTable(component.parentElement)); }
  table.update(component.data, component.setTriggerValue);
}
