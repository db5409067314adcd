// The service worker of the scanner: keeps the page and its two files, so that it opens at a gate
// without a network. Answers of the API are never kept here; what the phone may know lies in
// gate-store.ts. Online the page always comes fresh, and what is kept follows it.

type Extendable = Event & { waitUntil(promise: Promise<unknown>): void };
type Fetching = Event & { request: Request; respondWith(answer: Promise<Response>): void };
type Self = {
  addEventListener(name: string, listener: (happened: never) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
};

const worker = globalThis as unknown as Self;

const cacheName = "usher-scanner";
const pagePath = "/scan";

worker.addEventListener("install", (happened: Extendable) => {
  happened.waitUntil(
    fetch(pagePath)
      .then(keep)
      .then(() => worker.skipWaiting()),
  );
});
worker.addEventListener("activate", (happened: Extendable) => {
  happened.waitUntil(worker.clients.claim());
});
worker.addEventListener("fetch", (happened: Fetching) => {
  const { request } = happened;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (pathname === pagePath) happened.respondWith(fresh(request));
  else if (pathname.startsWith("/assets/scanPage-")) happened.respondWith(kept(request));
});

async function fresh(request: Request): Promise<Response> {
  try {
    return await keep(await fetch(request));
  } catch {
    return (await caches.match(pagePath)) ?? Response.error();
  }
}

async function kept(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

/** The page and what it names, together: a page without its script would be worse than the old one. */
async function keep(response: Response): Promise<Response> {
  if (!response.ok) return response;
  const html = await response.clone().text();
  const assets = [...html.matchAll(/"(\/assets\/scanPage-[^"]+)"/g)].map(([, path = ""]) => path);
  const cache = await caches.open(cacheName);
  await cache.addAll(assets);
  await cache.put(pagePath, response.clone());
  return response;
}
