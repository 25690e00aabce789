// The service worker of this page, by Workbox: keeps the page and the engine, so that both start
// without a network. Models are kept by the package itself.
import { cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching';

/** Put here by the build (offline.mjs): every file of the built page. */
declare const pageFiles: { url: string; revision: string | null }[];

// A new version waits until no page of the old one is open: their files do not go together.
cleanupOutdatedCaches();
precacheAndRoute(pageFiles);
