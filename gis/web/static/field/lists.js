// Parcels that a device got for the way, without names, and what is found among them without a network.
import { ask } from "./sender.js";
import * as store from "./store.js";
import { at, data, day, say } from "./words.js";

const LIST_MS = 300_000;
const FOUND_MOST = 20;

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}|\p{Cf}/gu, "").toLowerCase().replace(/đ/g, "d").replace(/\s+/g, " ").trim();
}

export function titleOf(row) {
  return row.sheet ? say("parcel", row) : say("feature", { name: row.name, number: row.number });
}

export function communeOf(row) { return data.communes[row.commune] || row.commune; }

// The first rows that a text means, how many more there are, and of how many.
export async function findKept(text) {
  const rows = await store.parcels();
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
  const first = found.slice(0, FOUND_MOST).map(([, row]) => ({ ...row, title: titleOf(row), commune: communeOf(row) }));
  return { first, more: found.length - first.length, count: rows.length };
}

// What was looked at with network can be marked without; its names are left out.
export async function keepSeen(parcel) {
  const known = await store.parcel(parcel.id);
  if (!known) return; // only what somebody got for the way is kept, and brought up to date
  await store.keepParcels([{
    ...known, class: parcel.class, seen: parcel.seen, on: parcel.on,
    holdings: parcel.holdings.map(({ household, part, reached }) => ({ household, part, reached })),
  }]);
}

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
  const answer = await ask(data.page + "/danh-sach?lang=" + data.language + chosen, {}, LIST_MS);
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

at("offline").addEventListener("toggle", showSheets);
at("get").addEventListener("click", getList);
