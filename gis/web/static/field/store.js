// What this device keeps: marks that wait (with their photos), what was sent, and parcels without names.
const NAME = "gpmb-field";
const VERSION = 1;

let opening = null;

function database() {
  opening = opening || new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore("queue", { keyPath: "key", autoIncrement: true });
      db.createObjectStore("done", { keyPath: "key", autoIncrement: true });
      db.createObjectStore("parcels", { keyPath: "id" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => { opening = null; reject(request.error); };
  });
  return opening;
}

// Resolves once the transaction is on the disk, not when the request is answered.
async function within(stores, mode, work) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const options = mode === "readwrite" ? { durability: "strict" } : {};
    const transaction = db.transaction(stores, mode, options);
    let result;
    transaction.oncomplete = () => resolve(result && "result" in result ? result.result : undefined);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error || new Error("aborted"));
    result = work(transaction);
  });
}

export const waiting = () => within("queue", "readonly", (t) => t.objectStore("queue").getAll());
export const keep = (mark) => within("queue", "readwrite", (t) => t.objectStore("queue").put(mark));

// Something done to a mark that waits, where it still is what it must be; false where it is not (any more).
function where(fits, key, act) {
  return within("queue", "readwrite", (t) => {
    const store = t.objectStore("queue");
    const request = store.get(key), told = { result: false };
    request.onsuccess = () => {
      if (!request.result || !fits(request.result)) return;
      told.result = true;
      act(store, request.result);
    };
    return told;
  });
}

// What may have been sent (another window does so too) is neither changed nor dropped by its user.
const free = (kept) => !kept.tried;
export const replace = (mark) => where(free, mark.key, (store) => store.put(mark));
export const drop = (key) => where(free, key, (store) => store.delete(key));

// Only the mark that somebody looked at is changed: one that its user changed meanwhile was made later.
export function change(mark, facts) {
  return where((kept) => kept.made === mark.made, mark.key, (store, kept) => store.put(Object.assign(kept, facts)));
}

// The mark leaves the queue and enters what was sent in one transaction; later marks of the same holding,
// which saw what this one saw, have now also seen this one.
export function finish(mark, told, most) {
  return within(["queue", "done"], "readwrite", (t) => {
    const queue = t.objectStore("queue"), done = t.objectStore("done");
    queue.delete(mark.key);
    const before = done.getAll();
    before.onsuccess = () => {
      if (!before.result.some((one) => one.request_id === told.request_id)) done.put(told); // another window told it
      before.result.slice(0, 1 - most).forEach((one) => done.delete(one.key));
    };
    const rest = queue.getAll();
    rest.onsuccess = () => rest.result.forEach((one) => {
      const same = one.parcel === mark.parcel && one.household === mark.household && one.seen === mark.seen;
      if (same && one.key !== mark.key) queue.put(Object.assign(one, { seen: Math.max(...told.seqs) }));
    });
  });
}

export const sent = () => within("done", "readonly", (t) => t.objectStore("done").getAll());
export const parcel = (id) => within("parcels", "readonly", (t) => t.objectStore("parcels").get(id));
export const parcels = () => within("parcels", "readonly", (t) => t.objectStore("parcels").getAll());
export const keepParcels = (rows) => within("parcels", "readwrite", (t) => {
  const store = t.objectStore("parcels");
  rows.forEach((row) => store.put(row));
});
