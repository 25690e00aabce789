// A second way to cross-origin isolation, which threads need, for servers whose headers cannot be set.
// Nothing of the package depends on it. One file that runs in two places: in a page, as a classic
// script, it registers itself as the page's service worker and has the page load once more; there, it
// adds the two headers to what the server says. docs/embedding.md tells how to use it.

// TypeScript's page types lack what service workers have.
interface WaitEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface RequestEvent extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface ServiceWorkerScope extends EventTarget {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
}

// How other origins' files are taken: only where they allow it by a header of their own, or, which not
// every browser knows, without cookies.
type EmbedderPolicy = 'require-corp' | 'credentialless';

const kPolicyKey = 'coep';

function policyOf(text: string | null | undefined): EmbedderPolicy {
  return text === 'credentialless' ? text : 'require-corp';
}

// Pages and workers are isolated, and what they load is not asked for the headers: all else goes its
// own way.
const kIsolated = ['document', 'iframe', 'frame', 'worker', 'sharedworker'];

async function withHeaders(request: Request, policy: EmbedderPolicy): Promise<Response> {
  const response = await fetch(request);
  // A redirect is the browser's to follow; it then asks again.
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', policy);
  const { body, status, statusText } = response;
  return new Response(body, { status, statusText, headers });
}

function runAsServiceWorker(scope: ServiceWorkerScope): void {
  const policy = policyOf(new URL(scope.location.href).searchParams.get(kPolicyKey));
  scope.addEventListener('install', () => void scope.skipWaiting());
  scope.addEventListener('activate', (event) =>
    (event as WaitEvent).waitUntil(scope.clients.claim()),
  );
  scope.addEventListener('fetch', (event) => {
    const { request, respondWith } = event as RequestEvent;
    const isOwn = new URL(request.url).origin === scope.location.origin;
    if (!isOwn || !kIsolated.includes(request.destination)) return;
    respondWith.call(event, withHeaders(request, policy));
  });
}

// A page that is not isolated after it was loaded once more will not be; it works without.
const kTriedKey = 'sotto-isolation';

function mayReload(): boolean {
  try {
    if (sessionStorage.getItem(kTriedKey) !== null) return false;
    sessionStorage.setItem(kTriedKey, 'tried');
    return true;
  } catch {
    return false; // Without a memory, this would go on for ever.
  }
}

async function runInPage(script: HTMLScriptElement): Promise<void> {
  // Isolated already; or a frame, which is isolated by the page around it; or no service workers here.
  if (crossOriginIsolated || window.top !== window || !navigator.serviceWorker) return;
  const address = new URL(script.src);
  if (policyOf(script.dataset[kPolicyKey]) === 'credentialless') {
    address.searchParams.set(kPolicyKey, 'credentialless');
  }
  await navigator.serviceWorker.register(address);
  await navigator.serviceWorker.ready;
  if (mayReload()) location.reload();
}

if (typeof document === 'undefined') {
  runAsServiceWorker(globalThis as unknown as ServiceWorkerScope);
} else if (document.currentScript instanceof HTMLScriptElement) {
  // Where it cannot be registered, the page is as it was: it computes on one thread.
  runInPage(document.currentScript).catch((error) => console.info(`isolation.js: ${error}`));
}
