// Compiles and starts one build of the engine. Worker side only.
import { NetworkError, OutOfMemoryError, UnsupportedBrowserError, WorkerError } from './errors.js';
import type { CreateRawModule, RawModule } from './raw.js';
import { isNode, nodeFs } from './runtime.js';
import { actAsWebWorker, addThreads } from './thread_workers.js';
import type { Variant } from './types.js';

interface VariantFiles {
  glue: () => Promise<{ default: CreateRawModule }>;
  wasm: () => URL;
}

// Written out in full, because bundlers find files by these literal forms.
const files: Record<Variant, VariantFiles> = {
  scalar: {
    glue: () => import('./sotto-scalar.mjs'),
    wasm: () => new URL('./sotto-scalar.wasm', import.meta.url),
  },
  relaxed: {
    glue: () => import('./sotto-relaxed.mjs'),
    wasm: () => new URL('./sotto-relaxed.wasm', import.meta.url),
  },
  'relaxed-mt': {
    glue: () => import('./sotto-relaxed-mt.mjs'),
    wasm: () => new URL('./sotto-relaxed-mt.wasm', import.meta.url),
  },
  'simd128-mt': {
    glue: () => import('./sotto-simd128-mt.mjs'),
    wasm: () => new URL('./sotto-simd128-mt.wasm', import.meta.url),
  },
  simd128: {
    glue: () => import('./sotto-simd128.mjs'),
    wasm: () => new URL('./sotto-simd128.wasm', import.meta.url),
  },
};

/** Imports the glue of a variant, which in a thread's worker starts by itself. */
export const loadGlue = (variant: Variant): Promise<unknown> => files[variant].glue();

const said = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function compileFetched(url: URL): Promise<WebAssembly.Module> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin' });
  } catch (cause) {
    const message = `${url.href}: expected the engine; got no answer: ${said(cause)}`;
    throw new NetworkError(message, url.href, undefined, { cause });
  }
  if (!response.ok) {
    await response.body?.cancel();
    const message = `${url.href}: expected the engine; got status ${response.status}`;
    throw new NetworkError(message, url.href, response.status);
  }
  // Compiling while it arrives needs the right type, which not every static server sends.
  const type = response.headers.get('content-type') ?? '';
  if (/^application\/wasm\b/i.test(type)) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

async function compile(url: URL): Promise<WebAssembly.Module> {
  try {
    if (isNode && url.protocol === 'file:') {
      return await WebAssembly.compile(new Uint8Array(nodeFs().readFileSync(url)));
    }
    return await compileFetched(url);
  } catch (error) {
    if (
      error instanceof WebAssembly.CompileError &&
      /Content Security|unsafe-eval/i.test(error.message)
    ) {
      const message = `expected a Content Security Policy with 'wasm-unsafe-eval' in script-src; got: `;
      throw new UnsupportedBrowserError(message + error.message, { cause: error });
    }
    if (error instanceof WebAssembly.CompileError) {
      const message = `${url.href}: expected WebAssembly that this engine compiles; got: `;
      throw new UnsupportedBrowserError(message + error.message, { cause: error });
    }
    throw error;
  }
}

/** Starts the engine of a variant; `threads` are those to compute on, this one among them. */
export async function startModule(variant: Variant, threads: number): Promise<RawModule> {
  const { glue, wasm } = files[variant];
  if (threads > 1) actAsWebWorker();
  const [{ default: createModule }, compiled] = await Promise.all([glue(), compile(wasm())]);
  try {
    const module = await createModule({
      instantiateWasm(imports, receive) {
        const instance = new WebAssembly.Instance(compiled, imports);
        receive(instance, compiled);
        return instance.exports;
      },
    });
    if (threads > 1) await addThreads(module, variant, threads - 1);
    return module;
  } catch (cause) {
    // V8 and SpiderMonkey say that memory could not be had by a RangeError.
    if (cause instanceof RangeError) {
      const message = `expected memory for the engine; got: ${cause.message}`;
      throw new OutOfMemoryError(message, { cause });
    }
    throw new WorkerError(`the engine did not start: ${said(cause)}`, { cause });
  }
}
