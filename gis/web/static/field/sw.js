// Keeps the field page, so that it opens without network. It keeps no parcel and no name: those are asked anew.
const version = new URL(self.location.href).searchParams.get("v") || "0";
const CACHE = "gpmb-field-" + version;
const PAGE = "/thuc-dia";
const FILES = ["field.css", "words.js", "store.js", "sender.js", "photos.js", "lists.js", "field.js"];
const PATIENCE_MS = 8000;

self.addEventListener("install", (event) => {
  const base = new URL(self.location.href).searchParams.get("files");
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES.map((name) => base + "/" + name));
    for (const language of ["vi", "en"]) await keepPage(cache, PAGE + "?lang=" + language);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("gpmb-field-") && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

async function keepPage(cache, address) {
  const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" } });
  // The way to the login is no page to keep.
  if (answer.ok && !answer.redirected) await cache.put(address, answer);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(event, url));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(file(event.request));
});

async function page(event, url) {
  const cache = await caches.open(CACHE);
  const address = PAGE + "?lang=" + (url.searchParams.get("lang") === "en" ? "en" : "vi");
  const network = fetch(event.request).then((answer) => {
    if (answer.ok && !answer.redirected) event.waitUntil(cache.put(address, answer.clone()));
    return answer;
  });
  const slow = new Promise((_, reject) => setTimeout(() => reject(new Error("slow")), PATIENCE_MS));
  try {
    const answer = await Promise.race([network, slow]);
    if (answer.status < 500) return answer;
  } catch (error) { /* no network, or hardly any */ }
  const kept = await cache.match(address);
  return kept || network;
}

async function file(request) {
  const kept = await caches.match(request);
  return kept || fetch(request);
}
