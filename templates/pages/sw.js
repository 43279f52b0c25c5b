{% comment %}The service worker: what is left of the portal without a network. version: changes with the files.{% endcomment %}"use strict";

const FILES = "files-{{ version }}";
const PAGES = "pages-{{ version }}";
const MOST = 30; // pages last read; as many pictures
const PATIENCE = 4000; // milliseconds before a kept page is shown instead
const DAY = 86400000;
const PERSONAL = /^\/(admin|mailbox)\/|^\/[a-z]{2}\/(account|[^/]+\/(my|host))\//;
const STAYS = /\/static\/|\/offline\/$|\/steps\//; // never pushed out by what was read later
const ANY = { ignoreVary: true };

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil(start()));

async function start() {
  const old = (await caches.keys()).filter((name) => name !== FILES && name !== PAGES);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || PERSONAL.test(pathname)) return;
  if (isFile(pathname)) event.respondWith(file(event));
  else if (request.mode === "navigate") event.respondWith(page(event, pathname));
});

// What a page wants kept is asked for without cookies, so it is about nobody.
self.addEventListener("message", (event) => event.waitUntil(Promise.allSettled(event.data.map(collect))));

async function collect(address) {
  const { origin, pathname } = new URL(address, self.location);
  if (origin !== self.location.origin || PERSONAL.test(pathname)) return;
  const kept = await caches.match(address, ANY);
  if (kept && (isForEver(kept) || Date.now() - Date.parse(kept.headers.get("date")) < DAY)) return;
  await keep(new Request(address, { credentials: "omit" }), await fetch(address, { credentials: "omit" }));
}

async function file(event) {
  const kept = await caches.match(event.request, ANY);
  if (kept && isForEver(kept)) return kept;
  return fromNetwork(event).catch(() => kept || Response.error());
}

async function page(event, pathname) {
  const network = fromNetwork(event);
  const kept = await caches.match(event.request, ANY);
  if (!kept) return network.catch(() => offline(pathname));
  const patience = new Promise((enough) => setTimeout(enough, PATIENCE, kept));
  return Promise.race([network.catch(() => kept), patience]);
}

function fromNetwork(event) {
  const answer = fetch(event.request).then((response) => {
    event.waitUntil(keep(event.request, response.clone()));
    return response;
  });
  event.waitUntil(answer.catch(() => {}));
  return answer;
}

// Only files, and pages that the portal calls public: they are for nobody in particular.
async function keep(request, response) {
  const { pathname, search } = new URL(request.url);
  const cache = await caches.open(isFile(pathname) ? FILES : PAGES);
  if ([404, 410].includes(response.status)) await cache.delete(request, ANY);
  const isPublic = /\bpublic\b/.test(response.headers.get("cache-control"));
  const isKnown = isFile(pathname) || /^text\/html\b/.test(response.headers.get("content-type"));
  if (response.status !== 200 || response.redirected || !isPublic || !isKnown || search) return;
  await cache.delete(request, ANY); // so that it goes to the end of the line
  await cache.put(request, response);
  const line = (await cache.keys()).filter(({ url }) => !STAYS.test(url));
  await Promise.all(line.slice(0, -MOST).map((oldest) => cache.delete(oldest, ANY)));
}

async function offline(pathname) {
  const cache = await caches.open(PAGES);
  const kept = (await cache.keys()).filter(({ url }) => url.endsWith("/offline/"));
  const language = pathname.split("/")[1];
  const found = kept.find(({ url }) => url.endsWith(`/${language}/offline/`)) || kept.pop();
  return found ? cache.match(found, ANY) : Response.error();
}

function isFile(pathname) {
  return /^\/(static|pictures)\//.test(pathname);
}

function isForEver(response) {
  return /\bimmutable\b/.test(response.headers.get("cache-control"));
}
