// The suites of npm test, in the order they run: cheap ones first. A suite names what it needs
// (see kNeeds in test.mjs) and how it is run; a new suite is one entry here.
import { checkSources } from './check_includes.mjs';
import { listVariants } from './lib/cmake.mjs';
import { inRoot } from './lib/paths.mjs';
import { runChecks, runDoctest, runNodeTests, runPlaywright } from './lib/runners.mjs';
import { listFiles } from './lib/stamp.mjs';
import { lintChecks } from './lint.mjs';

// A sanitizer's finding ends the program, with a stack; leaks count.
const kSanitizerOptions = {
  ASAN_OPTIONS: 'detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1',
  UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
};

async function nodeTests(folder) {
  const files = await listFiles(inRoot(folder), (file) => /\.test\.mjs$/.test(file));
  return runNodeTests(files.map((file) => inRoot(folder, file)));
}

/** @typedef {{name: string, what: string, needs: string[], run: () => Promise<object>}} Suite */

/** @returns {Promise<Suite[]>} */
export async function listSuites() {
  const variants = await listVariants();
  return [
    {
      name: 'lint',
      what: 'Biome, TypeScript, clang-format',
      needs: ['npm', 'toolchain'],
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
      what: 'the set-up scripts: stamps, pinned downloads, versions, house rules',
      needs: ['npm'],
      run: () => nodeTests('tests/scripts'),
    },
    {
      name: 'unit',
      what: 'C++ unit tests, native',
      needs: ['native', 'assets'],
      run: () => runDoctest(inRoot('build/native/sotto_tests')),
    },
    {
      name: 'unit-asan',
      what: 'C++ unit tests under AddressSanitizer and UndefinedBehaviorSanitizer',
      needs: ['sanitized', 'assets'],
      run: () => runDoctest(inRoot('build/native-asan/sotto_tests'), { env: kSanitizerOptions }),
    },
    ...variants.map((variant) => ({
      name: `unit-${variant}`,
      what: `C++ unit tests as WebAssembly, ${variant}, in Node`,
      needs: ['wasm', 'assets'],
      run: () => runDoctest(inRoot('build/wasm', variant, 'sotto_tests.cjs')),
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
      name: 'commands',
      what: 'npm start and npm run transcribe',
      needs: ['package', 'model', 'assets'],
      run: () => nodeTests('tests/commands'),
    },
    {
      name: 'browser',
      what: 'the package and the demo in Chromium',
      needs: ['package', 'model', 'assets', 'chromium'],
      run: () => runPlaywright(inRoot('tests/browser/playwright.config.ts')),
    },
  ];
}
