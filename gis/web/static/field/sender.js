// Sends what waits, in order, once each: a mark keeps the id of its request through every try.
import * as store from "./store.js";
import { day, say, vietnamDay } from "./words.js";

const LOCK = "gpmb-field-send";
const MARK_MS = 60_000;
const PHOTO_MS = 900_000;
const CLOCK_MS = 3_600_000; // an hour: less moves a day only around midnight
const DONE_KEPT = 30;
const AGAIN_MS = [5_000, 15_000, 60_000];

export function newRequest() {
  // crypto.randomUUID is missing where there is no HTTPS.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

// What the server says, or that nothing came back (status 0).
export async function ask(address, options = {}, patience = MARK_MS) {
  const gone = new AbortController();
  const timer = setTimeout(() => gone.abort(), patience);
  try {
    const answer = await fetch(address, { cache: "no-store", credentials: "same-origin", ...options, signal: gone.signal });
    const text = await answer.text();
    let told = null;
    try { told = JSON.parse(text); } catch (error) { told = { error: text.split("\n")[0] }; }
    const own = (answer.headers.get("content-type") || "").startsWith("application/json");
    return { status: answer.status, told, own, date: answer.headers.get("date") };
  } catch (error) {
    return { status: 0, told: null, own: false, date: null };
  } finally {
    clearTimeout(timer);
  }
}

// A day that was chosen by a wrong clock is looked at again before it stands in the ledger.
function clockWords(mark, date) {
  const server = new Date(date), device = new Date(), made = new Date(mark.made);
  if (Math.abs(device - server) < CLOCK_MS && made - server < CLOCK_MS) return "";
  return say("clock_wrong", { made: day(vietnamDay(made)), device: day(vietnamDay(device)), server: day(vietnamDay(server)) });
}

export class Sender {
  constructor(data, changed, sent) {
    this.data = data;
    this.sent = sent; // called with each mark that was written
    this.changed = changed; // called whenever something of the queue is another
    this.sending = null;
    this.editing = null; // the mark that its user is changing right now stays here
    this.current = null;
    this.again = false;
    this.session = true;
    this.reached = null; // whether the last try found the server
    this.tries = 0;
    this.timer = null;
  }

  address(path) { return this.data.page + path + "?lang=" + this.data.language; }

  // Marks that may go now: an earlier one of the same parcel that waits for a decision holds the others back.
  ready(marks) {
    const held = new Set();
    return marks.filter((mark) => {
      if (mark.state === "refused" || mark.key === this.editing) held.add(mark.parcel);
      return !held.has(mark.parcel) && mark.account === this.data.account;
    });
  }

  // One at a time: whoever asks while it runs waits for the same run, which looks once more before it ends
  // (the network may have come back after it looked).
  send() {
    if (this.current) this.again = true;
    else this.current = this.runs().finally(() => { this.current = null; });
    return this.current;
  }

  async runs() {
    do {
      this.again = false;
      await this.alone(() => this.work());
    } while (this.again);
  }

  // One window at a time where the browser can tell (it cannot without HTTPS; the ledger writes once either way).
  alone(work) { return navigator.locks ? navigator.locks.request(LOCK, work) : work(); }

  async work() {
    if (!navigator.onLine) { await this.changed(); return; }
    clearTimeout(this.timer);
    try {
      for (let mark; (mark = this.ready(await store.waiting())[0]);) {
        this.sending = mark.key;
        await this.changed();
        if (!(await this.sendOne(mark))) break;
        this.tries = 0;
      }
    } finally {
      this.sending = null;
      await this.changed();
    }
    await this.later();
  }

  async later() {
    if (!this.session || !this.ready(await store.waiting()).length) return;
    const pause = AGAIN_MS[Math.min(this.tries, AGAIN_MS.length - 1)];
    this.tries += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  // True: go on with the next one, which is the same where its user changed it on the way. False: the server cannot be
  // asked now.
  async sendOne(mark) {
    if (mark.unsure) {
      const answer = await ask("/phien");
      if (answer.status !== 200 || !answer.own) return this.settle(mark, answer);
      const error = clockWords(mark, answer.date);
      if (error) return this.settle(mark, { status: 422, own: true, told: { error } });
    }
    for (const photo of mark.photos) {
      if (photo.sha256) continue;
      const answer = await ask(this.address("/anh"), {
        method: "POST",
        body: new Blob([photo.bytes], { type: photo.type }),
        headers: { "X-File-Name": encodeURIComponent(photo.name) },
      }, PHOTO_MS);
      if (answer.status !== 200) return this.settle(mark, answer);
      photo.sha256 = answer.told.sha256;
      if (!(await this.note(mark, { photos: mark.photos }))) return true;
    }
    if (!(await this.note(mark, { tried: true }))) return true;
    const answer = await ask(this.address("/danh-dau"), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        request_id: mark.request_id, account: mark.account, parcel: mark.parcel, milestone: mark.milestone,
        on: mark.on, document: mark.document, household: mark.household, seen: mark.seen,
        photos: mark.photos.map((photo) => photo.sha256),
      }),
    });
    if (answer.status !== 200 || !answer.own) return this.settle(mark, answer);
    const told = answer.told;
    await store.finish(mark, {
      request_id: mark.request_id, what: mark.what, parcel: mark.parcel, at: new Date().toISOString(),
      seqs: told.seqs, repeated: told.repeated, warnings: told.warnings,
    }, DONE_KEPT);
    this.session = this.reached = true;
    await this.sent(mark);
    return true;
  }

  // False where its user dropped or changed it meanwhile. A full device may refuse to write that down; sending goes on,
  // for a mark sent twice is written once.
  note(mark, facts) { return store.change(mark, facts).catch(() => true); }

  async settle(mark, { status, told, own }) {
    this.reached = status !== 0;
    if (status === 0) return false; // no network: nothing is known of what became of it
    if (status === 401) { this.session = false; return false; }
    if (!own || status >= 500) {
      await store.change(mark, { error: told.error });
      return false;
    }
    await store.change(mark, {
      state: "refused", tried: false, error: told.error, reasons: told.reasons || [], conflict: told.conflict || 0,
    });
    this.session = true;
    return true;
  }
}
