// Has the browser keep this page, so that it starts without a network from the next visit on.

/** Registers the service worker where there is one: in the built page, by https or on localhost. */
export function keepForOffline(): void {
  if (!import.meta.env.PROD || !navigator.serviceWorker) return;
  // After the page has what it needs itself. A page that is not kept works all the same.
  const keep = () => void navigator.serviceWorker.register('./offline_worker.js').catch(() => {});
  if (document.readyState === 'complete') keep();
  else addEventListener('load', keep, { once: true });
}
