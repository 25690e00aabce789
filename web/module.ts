// Compiles and starts one build of the engine. Worker side only.
import { readEngine } from './engine_file.js';
import { OutOfMemoryError, UnsupportedBrowserError, WorkerError } from './errors.js';
import type { CreateRawModule, RawModule } from './raw.js';
import { actAsWebWorker, addThreads } from './thread_workers.js';
import type { Variant } from './types.js';

interface VariantFiles {
  glue: () => Promise<{ default: CreateRawModule }>;
  wasm: () => URL;
}

// Emscripten's start files are put in here by the build (build.mjs), most of them for several builds.
// They are imported when they are needed: those of threads start by themselves in a thread's worker.
// Addresses are written out in full, because bundlers find files by these literal forms.
const files: Record<Variant, VariantFiles> = {
  scalar: {
    glue: () => import('sotto-glue/scalar'),
    wasm: () => new URL('./sotto-scalar.wasm', import.meta.url),
  },
  relaxed: {
    glue: () => import('sotto-glue/relaxed'),
    wasm: () => new URL('./sotto-relaxed.wasm.gz', import.meta.url),
  },
  'relaxed-mt': {
    glue: () => import('sotto-glue/relaxed-mt'),
    wasm: () => new URL('./sotto-relaxed-mt.wasm.gz', import.meta.url),
  },
  'simd128-mt': {
    glue: () => import('sotto-glue/simd128-mt'),
    wasm: () => new URL('./sotto-simd128-mt.wasm.gz', import.meta.url),
  },
  simd128: {
    glue: () => import('sotto-glue/simd128'),
    wasm: () => new URL('./sotto-simd128.wasm.gz', import.meta.url),
  },
};

/** Imports the glue of a variant, which in a thread's worker starts by itself. */
export const loadGlue = (variant: Variant): Promise<unknown> => files[variant].glue();

const said = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function compile(url: URL): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(await readEngine(url));
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
