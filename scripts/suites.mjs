// The suites of npm test, in the order they run: cheap ones first. A suite names what it needs
// (see kNeeds in test.mjs) and how it is run; a new suite is one entry here.
import path from 'node:path';
import { checkSources } from './check_includes.mjs';
import { setUpFirefox } from './firefox.mjs';
import { findFuzzer } from './fuzzer.mjs';
import { buildSanitizedTests, listVariants } from './lib/cmake.mjs';
import { SetupError } from './lib/log.mjs';
import { inCache, inRoot } from './lib/paths.mjs';
import { runChecks, runCounting, runDoctest, runNodeTests, runPlaywright } from './lib/runners.mjs';
import { listFiles } from './lib/stamp.mjs';
import { lintChecks } from './lint.mjs';
import { setUpRelaxedNode } from './node.mjs';
import { setUpRay } from './python.mjs';

// A sanitizer's finding ends the program, with a stack; leaks count.
const kSanitizerOptions = {
  ASAN_OPTIONS: 'detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1',
  UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
};

/** A doctest program of the sanitized build, whose folder depends on who compiled it. */
async function sanitizedDoctest(program, options = {}) {
  const compiler = await findFuzzer();
  const dir = await buildSanitizedTests(compiler);
  const symbolizer = compiler ? { ASAN_SYMBOLIZER_PATH: compiler.symbolizer } : {};
  const env = { ...kSanitizerOptions, ...symbolizer };
  return runDoctest(path.join(dir, program), { ...options, env });
}

async function nodeTests(folder, options = {}) {
  const files = await listFiles(inRoot(folder), (file) => /\.test\.mjs$/.test(file));
  return runNodeTests(
    files.map((file) => inRoot(folder, file)),
    options,
  );
}

// What Ray needs is some 150 MB, and only an example needs Ray: without it nothing else is wrong.
async function rayTests() {
  const python = await setUpRay().catch((error) => error);
  if (python instanceof SetupError) {
    return { passed: 0, failed: 0, skipped: 1, output: `skipped: ${python.message}` };
  }
  if (python instanceof Error) throw python;
  return nodeTests('tests/ray', { env: { SOTTO_RAY_PYTHON: python } });
}

// Variants that use relaxed SIMD run in a Node that has it (node.mjs).
const isRelaxed = (variant) => variant.startsWith('relaxed');

/**
 * The doctest program of a WebAssembly variant: its needs and its run.
 * @param {string} variant
 * @param {string} program
 * @param {{needs: string[], args?: string[], shares?: boolean}} options
 */
function variantDoctest(variant, program, { needs, args = [], shares = false }) {
  return {
    needs: ['wasm', ...(isRelaxed(variant) ? ['relaxedNode'] : []), ...needs],
    run: async () => {
      const node = isRelaxed(variant) ? await setUpRelaxedNode() : undefined;
      return runDoctest(inRoot('build/wasm', variant, program), { args, node, shares });
    },
  };
}

// What processors make of the eighth bit of a relaxed dot's second operand (src/simd/dot_range.h).
const kDotFlavours = ['Unsigned', 'Signed', 'PairSaturating'];

// Of variants that give the same bits (suite `builds`), one is enough. Relaxed builds round as the
// processor likes, and where two tokens are almost equally likely (a comma of JFK's leads by 0.08 in
// f32) that decides in int8, so that the f32 cases alone must hold everywhere.
const kGoldenVariants = { simd128: [], relaxed: ['-tc=golden f32:*'] };

// Suites of tests/wer/run.py, and its arguments.
const kEvaluations = [
  { name: 'wer', what: 'word error rate on recorded speech, native, int8', args: [] },
  {
    name: 'wer-auto',
    what: 'the same with folded padding, which is the default',
    args: ['--window', 'auto'],
  },
  { name: 'wer-f32', what: 'the same with f32 weights', args: ['--precision', 'f32'] },
];

/**
 * What the model says, against openai-whisper and across builds. What is timed here is held against
 * the same program's own time and by wide margins, so that suites may run beside each other.
 */
function modelSuites() {
  const model = ['model', 'assets'];
  const python = (script, args) => runCounting(inCache('venv/bin/python3'), [script, ...args]);
  const wer = (...args) => python(inRoot('tests/wer/run.py'), args);
  return [
    {
      name: 'golden',
      what: "openai-whisper's figures, layer by layer and token by token, native",
      needs: ['native', ...model],
      run: () => runDoctest(inRoot('build/native/sotto_golden')),
    },
    ...Object.entries(kGoldenVariants).map(([variant, args]) => ({
      name: `golden-${variant}`,
      what: `the same as WebAssembly, ${variant}, in Node`,
      ...variantDoctest(variant, 'sotto_golden.cjs', { needs: model, args }),
    })),
    {
      name: 'twins',
      what: 'scalar against vector code: every kernel, encoder and decoder, to the bit',
      needs: ['native', ...model],
      run: () => runDoctest(inRoot('build/native/sotto_twins')),
    },
    {
      name: 'builds',
      what: 'the same cases in the native and the WebAssembly builds',
      needs: ['native', 'wasm', ...model],
      run: () => nodeTests('tests/diff'),
    },
    {
      name: 'eval',
      what: 'what npm run eval counts and reports',
      needs: ['evaluation'],
      run: () => python(inRoot('tests/wer/eval_test.py'), []),
    },
    ...kEvaluations.map(({ name, what, args }) => ({
      name,
      what,
      needs: ['native', 'evaluation', ...model],
      run: () => wer(...args),
    })),
    {
      name: 'wer-batched',
      what: 'windows of a long recording decoded together, against one after another',
      needs: ['native', 'evaluation', ...model],
      run: () => python(inRoot('tests/wer/batched.py'), []),
    },
    {
      name: 'wer-simd128',
      what: 'the same by the package in Node, every fourth clip',
      needs: ['native', 'package', 'evaluation', ...model],
      run: () => wer('--variant', 'simd128', '--every', '4'),
    },
  ];
}

// Where there is no Firefox, and none to be had, that is said and not held against anybody.
async function runInFirefox() {
  try {
    const SOTTO_FIREFOX = await setUpFirefox();
    return await nodeTests('tests/firefox', { env: { SOTTO_FIREFOX } });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { passed: 0, failed: 0, skipped: 1, output: `skipped: ${error.message}\n` };
  }
}

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {string} what
 * @property {string[]} needs
 * @property {() => Promise<object>} run
 * @property {boolean} [beside] one processor is enough, and no time is asserted in seconds: others may
 *   run beside it
 */

/** @returns {Promise<Suite[]>} */
export async function listSuites() {
  const variants = await listVariants();
  return [
    {
      name: 'lint',
      what: 'Biome, TypeScript, clang-format, the API reference',
      needs: ['npm', 'typedoc', 'toolchain'],
      run: () => runChecks(lintChecks()),
    },
    {
      name: 'house',
      what: 'includes flow one way, intrinsics stay in src/simd, the core never prints or aborts',
      needs: [],
      run: () => runChecks({ 'house rules': checkSources }),
    },
    {
      name: 'scripts',
      what: 'the set-up scripts: stamps, pinned downloads, versions, house rules, verdicts',
      needs: ['npm'],
      run: () => nodeTests('tests/scripts'),
    },
    {
      name: 'unit',
      what: 'C++ unit tests, native',
      needs: ['native', 'assets'],
      run: () => runDoctest(inRoot('build/native/sotto_tests'), { shares: true }),
    },
    {
      name: 'unit-asan',
      what: 'C++ unit tests under AddressSanitizer and UndefinedBehaviorSanitizer',
      needs: ['sanitized', 'assets'],
      run: () => sanitizedDoctest('sotto_tests', { shares: true }),
    },
    {
      name: 'kernels-scalar-asan',
      what: 'kernels in scalar code under the sanitizers',
      needs: ['sanitized'],
      run: () => sanitizedDoctest('sotto_kernels_scalar'),
    },
    ...kDotFlavours.map((flavour) => ({
      name: `kernels-${flavour}`,
      what: `int8 kernels over the relaxed inner product of other processors, ${flavour}, emulated`,
      needs: ['native'],
      run: () => runDoctest(inRoot('build/native', `sotto_kernels_${flavour}`)),
    })),
    ...variants.map((variant) => ({
      name: `unit-${variant}`,
      what: `C++ unit tests as WebAssembly, ${variant}, in Node`,
      ...variantDoctest(variant, 'sotto_tests.cjs', { needs: ['assets'], shares: true }),
    })),
    {
      name: 'cli',
      what: 'the native command: convert, info, transcribe',
      needs: ['native', 'model', 'assets'],
      run: () => nodeTests('tests/cli'),
    },
    {
      name: 'node',
      what: 'the package in Node',
      needs: ['package', 'model', 'assets'],
      run: () => nodeTests('tests/node'),
    },
    {
      name: 'node-relaxed',
      what: 'the same in a Node with relaxed SIMD',
      needs: ['package', 'model', 'assets', 'relaxedNode'],
      run: async () => nodeTests('tests/node', { node: await setUpRelaxedNode() }),
    },
    {
      name: 'multilingual',
      what: "Whisper base: the language heard, translation, openai-whisper's words in other languages",
      needs: ['native', 'package', 'base', 'assets'],
      run: () => nodeTests('tests/multilingual'),
    },
    {
      name: 'commands',
      what: 'npm start and npm run transcribe',
      needs: ['package', 'model', 'assets'],
      run: () => nodeTests('tests/commands'),
    },
    ...modelSuites().map((suite) => ({ ...suite, beside: true })),
    {
      name: 'fuzz',
      what: 'every reader and every kernel on bytes that nobody chose, a minute each',
      needs: [],
      run: () => runCounting(process.execPath, [inRoot('scripts/fuzz.mjs')]),
    },
    {
      name: 'ray',
      what: 'examples/ray: a corpus on a cluster of this machine, whose workers are killed',
      needs: ['native', 'model', 'assets'],
      run: rayTests,
    },
    {
      name: 'bench',
      what: 'npm run bench in Node and Chromium, in short, and what it makes of its figures',
      needs: ['package', 'model', 'assets', 'chromium', 'relaxedNode'],
      run: () => nodeTests('tests/bench'),
    },
    {
      name: 'e2e',
      what: 'every backend from a file to its words, within its time',
      needs: ['native', 'package', 'model', 'assets', 'chromium'],
      run: () => runCounting(process.execPath, [inRoot('scripts/e2e.mjs'), 'all']),
    },
    {
      name: 'package',
      what: 'the tarball, what installs it, each built by its own tools, and the examples of the docs',
      needs: ['package', 'model', 'base', 'assets', 'chromium'],
      run: () => runPlaywright(inRoot('tests/package/playwright.config.ts')),
    },
    {
      name: 'browser',
      what: 'the package and the demo in Chromium',
      needs: ['package', 'model', 'assets', 'chromium'],
      run: () => runPlaywright(inRoot('tests/browser/playwright.config.ts')),
    },
    {
      name: 'firefox',
      what: 'the package and its pages in Firefox',
      needs: ['package', 'model', 'assets'],
      run: runInFirefox,
    },
  ];
}
