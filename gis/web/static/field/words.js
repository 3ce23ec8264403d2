// The words and small pieces of the page. Text is only ever set as text.
export const data = JSON.parse(document.getElementById("data").textContent);
export const at = (id) => document.getElementById(id);
export const NUMBERS = new Intl.NumberFormat(data.language);

export function say(name, facts = {}) {
  const told = (fact) => (typeof fact === "number" ? NUMBERS.format(fact) : String(fact ?? ""));
  return data.words[name].replace(/\{(\w+)(?::\w+)?\}/g, (_, fact) => told(facts[fact]));
}

export function day(iso) { return iso.split("-").reverse().join("/"); }

export function vietnamDay(moment) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(moment);
}

export const today = () => vietnamDay(new Date());

export function make(tag, text = "", ...inside) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  made.append(...inside);
  return made;
}

export function button(text, act, look = "second") {
  const made = make("button", text);
  made.type = "button";
  made.className = look;
  made.addEventListener("click", act);
  return made;
}

export function chip(name) {
  const [word, colour] = data.classes[name] || [name, "#fff"];
  const swatch = make("i");
  swatch.style.background = colour;
  const made = make("span", "", swatch, word);
  made.className = "chip";
  return made;
}

export function tell(text, look = "done", lines = []) {
  const box = make("div", text);
  box.className = look;
  if (lines.length) box.append(make("ul", "", ...lines.map((line) => make("li", line))));
  at("told").replaceChildren(box);
}

export const quiet = () => at("told").replaceChildren();
