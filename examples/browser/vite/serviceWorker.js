/* global version, files */

/**
 * Keeps the page's files: it works without a network after the first visit. `version` and
 * `files` are those of a build; another build has another cache, and the old one goes.
 */
const prefix = 'tfjs-compress-live-';
const name = `${prefix}${version}`;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(files)));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys().then((all) => {
      const old = all.filter((each) => each.startsWith(prefix) && each !== name);
      return Promise.all(old.map((each) => caches.delete(each)));
    }),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const isOurs = request.url.startsWith(self.registration.scope);
  if (request.method === 'GET' && isOurs) event.respondWith(answer(request));
});

/** What is kept, else what the network gives, which is kept as well. */
async function answer(request) {
  const cache = await caches.open(name);
  // The page is one, whatever its parameters.
  const kept = await cache.match(request, { ignoreSearch: request.mode === 'navigate' });
  if (kept) return kept;
  const response = await fetch(request);
  // Storage may be full: the answer is there all the same.
  if (response.ok) await cache.put(request, response.clone()).catch(() => {});
  return response;
}
