// The field page: find a parcel, mark it, and see what waits. No name is kept on the device.
import * as store from "./store.js";
import { Sender, ask, newRequest } from "./sender.js";

const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const TYPING_MS = 250;
const WIDEST_PX = 2400;
const LARGE_BYTES = 1_200_000;
const QUALITY = 0.85;
const STEPS = new Map(data.steps);
const NUMBERS = new Intl.NumberFormat(data.language);

let shown = null; // the parcel that is open
let photos = []; // of the form
let editing = null; // the waiting mark that the form changes
let asked = 0; // the newest search
let watched = null; // the request whose outcome is told at the top

// Words and small pieces of the page. Text is only ever set as text.

function say(name, facts = {}) {
  const told = (fact) => (typeof fact === "number" ? NUMBERS.format(fact) : String(fact ?? ""));
  return data.words[name].replace(/\{(\w+)(?::\w+)?\}/g, (_, fact) => told(facts[fact]));
}

function day(iso) { return iso.split("-").reverse().join("/"); }

function today() {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(new Date());
}

function make(tag, text = "", ...inside) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  made.append(...inside);
  return made;
}

function button(text, act, look = "second") {
  const made = make("button", text);
  made.type = "button";
  made.className = look;
  made.addEventListener("click", act);
  return made;
}

function chip(name) {
  const [word, colour] = data.classes[name] || [name, "#fff"];
  const swatch = make("i");
  swatch.style.background = colour;
  const made = make("span", "", swatch, word);
  made.className = "chip";
  return made;
}

function tell(text, look = "done", lines = []) {
  const box = make("div", text);
  box.className = look;
  if (lines.length) box.append(make("ul", "", ...lines.map((line) => make("li", line))));
  at("told").replaceChildren(box);
}

const quiet = () => at("told").replaceChildren();

// Finding

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}|\p{Cf}/gu, "").toLowerCase().replace(/đ/g, "d").replace(/\s+/g, " ").trim();
}

async function find() {
  const text = at("text").value.trim(), mine = (asked += 1);
  if (!text) { at("found").replaceChildren(); return; }
  at("found").replaceChildren(make("li", say("searching")));
  const answer = navigator.onLine
    ? await ask(data.page + "/tim?lang=" + data.language, { method: "POST", body: text }, 15_000)
    : { status: 0 };
  if (mine !== asked) return; // somebody typed on
  if (answer.status === 200 && answer.own) drawFound(answer.told.found, answer.told.more);
  else if (answer.status === 0) await findKept(text, mine);
  else if (answer.status === 401) noSession();
  else drawFound([], 0, answer.told.error);
  if (answer.status !== 0) reach(true);
}

async function findKept(text, mine) {
  reach(false);
  const rows = await store.parcels();
  if (mine !== asked) return;
  if (!rows.length) { drawFound([], 0, say("no_list")); return; }
  let wanted = fold(text);
  const spoken = /^to\s*(?:so\s*)?(\S+?)[\s,;]*thua\s*(?:so\s*)?(\S+)$/.exec(wanted);
  wanted = spoken ? spoken[1] + "/" + spoken[2] : wanted.replace(/ /g, "");
  const fits = (row) => {
    const short = (row.sheet ? row.sheet + "/" : "") + row.number, label = fold(short);
    const exact = [label, row.commune + "/" + label, fold(row.id)].includes(wanted);
    const begins = wanted.includes("/") && label.startsWith(wanted);
    return exact ? 2 : begins || row.holdings.some((one) => fold(one.household) === wanted) ? 1 : 0;
  };
  const found = rows.map((row) => [fits(row), row]).filter(([rank]) => rank).sort((a, b) => b[0] - a[0]);
  const first = found.slice(0, 20).map(([, row]) => ({ ...row, title: titleOf(row), commune: communeOf(row) }));
  drawFound(first, found.length - first.length, say("from_list", { count: rows.length }));
}

function titleOf(row) {
  return row.sheet ? say("parcel", row) : say("feature", { name: row.name, number: row.number });
}

function communeOf(row) { return data.communes[row.commune] || row.commune; }

function drawFound(found, more, remark = "") {
  const rows = found.map((one) => {
    const open = button(one.title, () => openParcel(one.id), "row");
    open.append(chip(one.class), make("small", [one.who, one.commune].filter(Boolean).join(" · ")));
    return make("li", "", open);
  });
  const notes = [remark, found.length ? "" : remark ? "" : say("none_found"), more ? say("more_found") : ""];
  rows.push(...notes.filter(Boolean).map((note) => Object.assign(make("li", note), { className: "note" })));
  at("found").replaceChildren(...rows);
}

// A parcel

async function openParcel(id, mark = null) {
  quiet();
  const answer = navigator.onLine ? await ask(data.page + "/thua/" + encodeURIComponent(id) + "?lang=" + data.language) : { status: 0 };
  if (answer.status === 401) { noSession(); return; }
  let parcel = null;
  if (answer.status === 200 && answer.own) {
    parcel = answer.told;
    await keepSeen(parcel);
  } else if (answer.status === 0) {
    const row = await store.parcel(id);
    parcel = row && { ...row, title: titleOf(row), commune: communeOf(row), zones: [], obstacles: [], kept: true };
  }
  reach(answer.status !== 0);
  if (!parcel) { tell(answer.told ? answer.told.error : say("not_found"), "refusal"); return; }
  shown = parcel;
  edit(mark);
  photos = mark ? mark.photos.slice() : [];
  at("found").replaceChildren();
  drawParcel();
  drawForm(mark);
  at("parcel").scrollIntoView({ block: "start" });
}

function edit(mark) {
  editing = mark;
  sender.editing = mark && mark.key;
}

// What was looked at with network can be marked without; its names are left out.
async function keepSeen(parcel) {
  const known = await store.parcel(parcel.id);
  if (!known) return; // only what somebody got for the way is kept, and brought up to date
  await store.keepParcels([{
    ...known, class: parcel.class, seen: parcel.seen, on: parcel.on,
    holdings: parcel.holdings.map(({ household, part, reached }) => ({ household, part, reached })),
  }]);
}

function drawParcel() {
  const head = make("div", "", make("h2", shown.title), chip(shown.class));
  head.className = "head";
  const lines = [make("p", shown.commune + " · " + say("whole", shown))];
  lines.push(...shown.zones.map(([name, area]) => make("p", name + ": " + area)));
  if (shown.obstacles.length) lines.push(Object.assign(make("p", say("obstacles", { list: shown.obstacles.join(", ") })), { className: "stuck" }));
  if (shown.kept) lines.push(Object.assign(make("p", say("as_of", { on: day(shown.on) })), { className: "warning" }));
  const holders = shown.holdings.map((one) => {
    const steps = data.steps.filter(([id]) => id in one.reached).map(([id, name]) => make("li", reachedWords(name, one.reached[id])));
    const who = make("b", one.name ? say("holder", { name: one.name, code: one.household }) : one.household);
    return make("li", "", who, make("span", " · " + [one.hamlet, one.part].filter(Boolean).join(" · ")), make("ul", "", ...steps));
  });
  if (!holders.length) lines.push(Object.assign(make("p", say("no_holder")), { className: "warning" }));
  const list = make("ul", "", ...holders);
  list.className = "holders";
  at("parcel").replaceChildren(head, ...lines, list);
  at("parcel").hidden = false;
}

function reachedWords(name, reached) {
  if (!reached.on) return name;
  return say(reached.until ? "reached_until" : "reached", { step: name, on: day(reached.on) });
}

// Marking

function drawForm(mark = null) {
  const form = at("mark");
  form.hidden = !data.writes || !shown.holdings.length;
  if (!data.writes) at("parcel").append(Object.assign(make("p", say("only_reads")), { className: "note" }));
  const steps = data.steps.filter(([id]) => !data.money.includes(id));
  at("step").replaceChildren(...steps.map(([id, name]) => new Option(name, id)));
  at("step").value = mark ? mark.milestone : data.cleared;
  drawHolders(mark && mark.household);
  at("day").min = data.starts;
  at("day").max = today();
  at("day").value = mark ? mark.on : today();
  at("document").value = mark ? mark.document : "";
  sayDay();
  drawPhotos();
}

function left() {
  return shown.holdings.filter((one) => !(at("step").value in one.reached));
}

function drawHolders(chosen = null) {
  const open = left();
  const options = open.map((one) => new Option((one.name ? say("holder", { name: one.name, code: one.household }) : one.household) + " · " + one.part, one.household));
  if (open.length > 1) options.unshift(new Option(say("all_holders", { count: open.length }), ""));
  at("household").replaceChildren(...options);
  if (chosen && open.some((one) => one.household === chosen)) at("household").value = chosen;
  at("save").disabled = !open.length;
  at("household").disabled = !open.length;
  at("missing").textContent = open.length ? "" : say("nothing_left");
  at("missing").hidden = Boolean(open.length);
}

// A browser shows a day as its own language writes it, maybe month first: here it stands as the office reads it.
function sayDay() { at("said").textContent = at("day").value ? day(at("day").value) : ""; }

async function takePhotos() {
  for (const file of at("photo").files) photos.push(await reduced(file));
  at("photo").value = "";
  drawPhotos();
}

// A large photo is made smaller for a slow line, and says so; what cannot be drawn goes as it is.
async function reduced(file) {
  const whole = async () => ({ name: file.name, type: file.type, bytes: await file.arrayBuffer(), size: file.size });
  if (!file.type.startsWith("image/") || file.size <= LARGE_BYTES) return whole();
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, WIDEST_PX / Math.max(picture.width, picture.height));
    const canvas = make("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!blob || blob.size >= file.size) return await whole();
    const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
    return { name, type: blob.type, bytes: await blob.arrayBuffer(), size: blob.size, from: file.size };
  } catch (error) {
    return whole();
  }
}

function kb(bytes) { return Math.ceil(bytes / 1024); }

function drawPhotos() {
  at("photos").replaceChildren(...photos.map((photo, place) => {
    const words = say(photo.from ? "photo_reduced" : "photo_size", { name: photo.name, kb: kb(photo.size), from: kb(photo.from || 0) });
    return make("li", words, button(say("remove"), () => { photos.splice(place, 1); drawPhotos(); }));
  }));
}

function missing() {
  const chosen = at("day").value;
  if (!chosen || chosen < data.starts || chosen > today()) return say("needs_day", { starts: day(data.starts) });
  if (at("step").value === data.cleared && !at("document").value.trim() && !photos.length) return say("needs_proof");
  return "";
}

async function save(event) {
  event.preventDefault();
  const reason = missing();
  at("missing").textContent = reason;
  at("missing").hidden = !reason;
  if (reason || at("save").disabled) return;
  at("save").disabled = true;
  const household = at("household").value || null;
  const mark = {
    request_id: newRequest(), account: data.account, parcel: shown.id, milestone: at("step").value, on: at("day").value,
    document: at("document").value.trim(), household, seen: shown.seen, photos: photos.map((one) => ({ ...one, sha256: "" })),
    what: [shown.title, shown.commune, STEPS.get(at("step").value), day(at("day").value)].join(" · "), who: household || at("household").selectedOptions[0].textContent,
    state: "waiting", tried: false, error: "", reasons: [], conflict: 0, made: new Date().toISOString(),
  };
  if (editing) Object.assign(mark, { key: editing.key, request_id: editing.request_id });
  try {
    await store.keep(mark);
  } catch (error) {
    tell(say("not_kept", { reason: error.name || error }), "refusal");
    at("save").disabled = false;
    return;
  }
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
  close();
  watched = mark.request_id;
  tell(say("saving") + " " + mark.what, "done");
  await sender.send();
  await outcome(mark);
}

function close() {
  shown = null;
  edit(null);
  photos = [];
  at("parcel").hidden = at("mark").hidden = true;
  at("text").value = "";
  window.scrollTo(0, 0);
}

// What became of a mark, said where its user looks.
async function outcome(mark) {
  const done = (await store.sent()).find((one) => one.request_id === mark.request_id);
  if (done) { tellDone(done); return; }
  watched = mark.request_id;
  const kept = (await store.waiting()).find((one) => one.request_id === mark.request_id);
  if (kept && kept.state === "refused") tellRefused(kept);
  else if (kept) tell(say("kept", mark), "warning");
}

function savedWords(done) {
  return say(done.repeated ? "saved_before" : "saved", { seqs: done.seqs.map((seq) => NUMBERS.format(seq)).join(", "), what: done.what });
}

function tellDone(done) {
  watched = null;
  tell(savedWords(done), "done", done.warnings);
}

function tellRefused(mark) {
  watched = null;
  tell(mark.what + ": " + stateOf(mark, new Set()) + " " + mark.error, "refusal", mark.reasons);
}

// What waits

function stateOf(mark, held) {
  if (mark.state === "refused") return say(mark.conflict ? "state_conflict" : "state_refused");
  if (mark.account !== data.account) return say("state_other_account", mark);
  if (mark.key === sender.sending) return say("state_sending");
  if (mark.key === sender.editing) return say("state_editing");
  if (held.has(mark.parcel)) return say("state_held");
  return say(mark.tried ? "state_unknown" : "state_waiting");
}

async function draw() {
  const pending = await store.waiting();
  const held = new Set();
  at("marks").replaceChildren(...pending.map((mark) => {
    const drawn = drawMark(mark, held);
    if (mark.state === "refused" || mark.key === sender.editing) held.add(mark.parcel);
    return drawn;
  }));
  at("waiting").textContent = say("waiting", { count: pending.length });
  at("waiting").className = pending.some((mark) => mark.state === "refused") ? "refused" : pending.length ? "some" : "";
  at("queue").hidden = !pending.length;
  at("send").hidden = !pending.some((mark) => mark.state !== "refused");
  if (!sender.session) noSession();
  if (sender.reached !== null) reach(sender.reached);
  const done = (await store.sent()).reverse();
  const awaited = done.find((one) => one.request_id === watched);
  if (awaited) tellDone(awaited);
  const turned = pending.find((mark) => mark.request_id === watched && mark.state === "refused");
  if (turned) tellRefused(turned);
  at("recent").hidden = !done.length;
  at("done").replaceChildren(...done.map((one) => make("li", savedWords(one))));
}

function drawMark(mark, held) {
  const count = mark.photos.length ? say("photos", { count: mark.photos.length }) : "";
  const item = make("li", "", make("b", mark.what), make("small", [mark.who, mark.document, count].filter(Boolean).join(" · ")));
  const said = make("p", stateOf(mark, held));
  said.className = mark.state === "refused" ? "refusal" : "note";
  if (mark.error) said.append(" ", mark.state === "refused" ? mark.error : say("server_busy", { reason: mark.error }));
  if (mark.reasons.length) said.append(make("ul", "", ...mark.reasons.map((reason) => make("li", reason))));
  item.append(said);
  const free = !mark.tried && mark.key !== sender.sending; // what may have been written stays as it is
  const buttons = make("div");
  buttons.className = "buttons";
  if (mark.state === "refused") buttons.append(button(say("look"), () => openParcel(mark.parcel, mark)));
  if (mark.state === "refused" && mark.conflict) buttons.append(button(say("send_anyway"), () => sendAnyway(mark)));
  if (free && mark.state !== "refused") buttons.append(button(say("edit"), () => openParcel(mark.parcel, mark)));
  if (free) buttons.append(button(say("drop"), async () => {
    if (!confirm(say("drop_sure"))) return;
    await store.drop(mark.key);
    await draw();
    sender.send();
  }));
  item.append(buttons);
  return item;
}

// The mark has now seen the entry that the refusal told of; if there is yet another, it is refused again.
async function sendAnyway(mark) {
  await store.change(mark.key, { seen: mark.conflict, state: "waiting", error: "", reasons: [], conflict: 0 });
  await sender.send();
  await outcome(mark);
}

// Lists for the way

async function showSheets() {
  if (!at("offline").open) return;
  await countKept();
  const answer = await ask(data.page + "/to?lang=" + data.language);
  if (answer.status !== 200) return;
  const options = answer.told.sheets.map(([commune, sheet, count]) =>
    new Option(say("sheet_choice", { commune: data.communes[commune] || commune, sheet, count }), commune + "\t" + sheet));
  if (answer.told.units <= data.most) options.unshift(new Option(say("all_sheets", { count: answer.told.units }), ""));
  at("sheet").replaceChildren(...options);
}

async function countKept() {
  const rows = await store.parcels();
  const oldest = rows.map((row) => row.on).sort()[0];
  at("lists").textContent = rows.length ? say("list_kept", { count: rows.length, on: day(oldest) }) : say("list_none");
}

async function getList() {
  const [commune, sheet] = at("sheet").value.split("\t");
  const chosen = sheet === undefined ? "" : "&commune=" + encodeURIComponent(commune) + "&sheet=" + encodeURIComponent(sheet);
  at("get").disabled = true;
  at("lists").textContent = say("getting");
  const answer = await ask(data.page + "/danh-sach?lang=" + data.language + chosen, {}, 300_000);
  at("get").disabled = false;
  if (answer.status !== 200 || !answer.own) {
    at("lists").textContent = say("list_failed", { reason: answer.told ? answer.told.error : say("offline") });
    return;
  }
  const rows = answer.told.rows.map(([id, commune_, sheet_, number, class_, seen, holdings, name]) => ({
    id, commune: commune_, sheet: sheet_, number, class: class_, seen, name, on: answer.told.on,
    holdings: holdings.map(([household, part, reached]) => ({ household, part, reached: Object.fromEntries(reached.map((step) => [step, {}])) })),
  }));
  try {
    await store.keepParcels(rows);
    await countKept();
  } catch (error) {
    at("lists").textContent = say("list_failed", { reason: error.name || error });
  }
}

// Network, session

function reach(found) {
  at("net").textContent = say(found && navigator.onLine ? "online" : "offline");
  at("net").className = found && navigator.onLine ? "" : "gone";
}

function noSession() {
  const link = make("a", say("log_in"));
  link.href = "/dang-nhap?next=" + encodeURIComponent(data.page + "?lang=" + data.language);
  tell(say("no_session") + " ", "refusal");
  at("told").firstChild.append(link);
}

// What was kept of a parcel before it was marked is no longer what the ledger says.
async function refreshKept(mark) {
  if (!(await store.parcel(mark.parcel))) return;
  const answer = await ask(data.page + "/thua/" + encodeURIComponent(mark.parcel) + "?lang=" + data.language);
  if (answer.status === 200 && answer.own) await keepSeen(answer.told);
}

const sender = new Sender(data, draw, refreshKept);

let typing = 0;
at("text").addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(find, TYPING_MS); });
at("find").addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(typing); find(); });
at("step").addEventListener("change", () => drawHolders());
at("day").addEventListener("input", sayDay);
at("photo").addEventListener("change", takePhotos);
at("mark").addEventListener("submit", save);
at("close").addEventListener("click", () => { close(); draw().then(() => sender.send()); });
at("send").addEventListener("click", () => sender.send());
at("offline").addEventListener("toggle", showSheets);
at("get").addEventListener("click", getList);
window.addEventListener("online", () => { reach(true); sender.send(); });
window.addEventListener("offline", () => reach(false));
document.addEventListener("visibilitychange", () => { if (!document.hidden) sender.send(); });

if ("serviceWorker" in navigator) {
  const version = data.files.split("/")[2];
  navigator.serviceWorker
    .register(data.page + "/sw.js?v=" + version + "&files=" + encodeURIComponent(data.files), { scope: data.page })
    .catch(() => { /* without network the one that is there stays */ });
} else {
  at("secure").textContent = say("not_secure");
  at("secure").hidden = false;
}
reach(navigator.onLine);
draw().then(() => sender.send());
