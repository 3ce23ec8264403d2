// The field page: find a parcel, mark it, and see what waits. No name is kept on the device.
import { communeOf, findKept, keepSeen, titleOf } from "./lists.js";
import * as photos from "./photos.js";
import { Sender, ask, newRequest } from "./sender.js";
import * as store from "./store.js";
import { NUMBERS, at, button, chip, data, day, make, quiet, say, tell, today } from "./words.js";

const TYPING_MS = 250;
const STEPS = new Map(data.steps);

let shown = null; // the parcel that is open
let editing = null; // the waiting mark that the form changes
let asked = 0; // the newest search
let watched = null; // the request whose outcome is told at the top

// Finding

async function find() {
  const text = at("text").value.trim(), mine = (asked += 1);
  if (!text) { at("found").replaceChildren(); return; }
  at("found").replaceChildren(make("li", say("searching")));
  const answer = navigator.onLine
    ? await ask(data.page + "/tim?lang=" + data.language, { method: "POST", body: text }, 15_000)
    : { status: 0 };
  if (mine !== asked) return; // somebody typed on
  if (answer.status === 200 && answer.own) drawFound(answer.told.found, answer.told.more);
  else if (answer.status === 0) await findWithout(text, mine);
  else if (answer.status === 401) noSession();
  else drawFound([], 0, answer.told.error);
  if (answer.status !== 0) reach(true);
}

async function findWithout(text, mine) {
  reach(false);
  const { first, more, count } = await findKept(text);
  if (mine !== asked) return;
  drawFound(first, more, count ? say("from_list", { count }) : say("no_list"));
}

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
  at("found").replaceChildren();
  drawParcel();
  drawForm(mark);
  at("parcel").scrollIntoView({ block: "start" });
}

function edit(mark) {
  editing = mark;
  sender.editing = mark && mark.key;
}

function drawParcel() {
  const head = make("div", "", make("h2", shown.title), chip(shown.class));
  head.className = "head";
  const lines = [make("p", shown.commune + " · " + say("whole", shown))];
  lines.push(...shown.zones.map(([name, area]) => make("p", name + ": " + area)));
  if (shown.obstacles.length) lines.push(Object.assign(make("p", say("obstacles", { list: shown.obstacles.join(", ") })), { className: "stuck" }));
  if (shown.kept) lines.push(Object.assign(make("p", say("as_of", { on: day(shown.on) })), { className: "warning" }));
  if (today() < shown.on || (!shown.kept && today() > shown.on)) {
    lines.push(Object.assign(make("p", say("clock_off", { device: day(today()), server: day(shown.on) })), { className: "warning" }));
  }
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
  at("day").max = now();
  at("day").value = mark ? mark.on : now();
  at("document").value = mark ? mark.document : "";
  sayDay();
  photos.show(mark ? mark.photos : []);
}

// The day by the server's clock; without network by the device's, which is not before what it saw.
function now() { return shown.kept && today() > shown.on ? today() : shown.on; }

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

function missing() {
  const chosen = at("day").value;
  if (!chosen || chosen < data.starts || chosen > now()) return say("needs_day", { starts: day(data.starts) });
  if (at("step").value === data.cleared && !at("document").value.trim() && !photos.chosen().length) return say("needs_proof");
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
    document: at("document").value.trim(), household, seen: shown.seen, photos: photos.chosen().map((one) => ({ ...one, sha256: "" })),
    what: [shown.title, shown.commune, STEPS.get(at("step").value), day(at("day").value)].join(" · "), who: household || at("household").selectedOptions[0].textContent,
    state: "waiting", tried: false, error: "", reasons: [], conflict: 0, made: new Date().toISOString(), unsure: Boolean(shown.kept),
  };
  if (editing) Object.assign(mark, { key: editing.key, request_id: editing.request_id });
  try {
    if (!(await (editing ? store.replace(mark) : store.keep(mark)))) {
      close();
      tell(say("edited_late"), "warning");
      await draw();
      return;
    }
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
  photos.show([]);
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
  else if (kept && !sender.session) noSession(); // kept, and its user is the one who can go on
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
    if (!(await store.drop(mark.key))) tell(say("edited_late"), "warning");
    await draw();
    sender.send();
  }));
  item.append(buttons);
  return item;
}

// The mark has now seen the entry that the refusal told of; if there is yet another, it is refused again.
async function sendAnyway(mark) {
  await store.change(mark, { seen: mark.conflict, state: "waiting", error: "", reasons: [], conflict: 0 });
  await sender.send();
  await outcome(mark);
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
at("mark").addEventListener("submit", save);
at("close").addEventListener("click", () => { close(); draw().then(() => sender.send()); });
at("send").addEventListener("click", () => sender.send());
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
if (at("text").value) find(); // typed before this script had come
draw().then(() => sender.send());
