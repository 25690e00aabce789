import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFile, codeOnly } from '../../scripts/check_includes.mjs';

const breaches = (file, text) => checkFile(file, text).length;

test('includes may go down the order and not up', () => {
  assert.equal(breaches('src/model/encoder.cc', '#include "kernels/gelu.h"\n'), 0);
  assert.equal(breaches('src/kernels/gelu.cc', '#include "model/encoder.h"\n'), 1);
  assert.equal(breaches('src/audio/log_mel.cc', '#include "decode/greedy.h"\n'), 1);
  assert.equal(breaches('src/decode/greedy.cc', '#include "engine.h"\n'), 1);
  assert.equal(breaches('src/cli/main.cc', '#include "engine.h"\n'), 0);
  assert.equal(breaches('src/base/status.cc', '#include "base/status.h"\n'), 0);
  assert.equal(breaches('emscripten/bindings.cc', '#include "engine.h"\n#include "other.h"\n'), 0);
  assert.equal(breaches('src/engine.h', '#include "cli/main.h"\n'), 1);
});

test('a folder without a place in the order is a breach', () => {
  assert.equal(breaches('src/misc/x.cc', ''), 1);
});

test('intrinsics and ISA conditions stay in src/simd', () => {
  const lines = [
    '#include <wasm_simd128.h>',
    '#include <immintrin.h>',
    'auto x = _mm256_setzero_ps();',
    'auto x = wasm_f32x4_splat(1);',
    'v128_t x;',
    '#if defined(__AVX2__)',
    '#ifdef __wasm_simd128__',
    '#if SOTTO_SIMD_WASM128',
  ];
  for (const line of lines) {
    assert.equal(breaches('src/kernels/gelu.cc', `${line}\n`), 1, line);
    assert.equal(breaches('src/simd/wasm128.h', `${line}\n`), 0, line);
  }
});

test('the core does not print, throw or abort; the command line may', () => {
  const lines = ['printf("x");', 'std::cerr << 1;', 'throw 1;', 'std::abort();', 'assert(x);'];
  for (const line of lines) {
    assert.equal(breaches('src/io/wav.cc', `${line}\n`), 1, line);
    assert.equal(breaches('src/cli/main.cc', `${line}\n`), 0, line);
  }
  assert.equal(breaches('src/io/wav.cc', 'std::snprintf(b, n, "%d", x);\nstatic_assert(x);\n'), 0);
});

test('comments and strings are not code', () => {
  assert.equal(breaches('src/io/wav.cc', '// throw, abort() and printf()\n/* throw\n */\n'), 0);
  assert.equal(breaches('src/io/wav.cc', 'auto x = "throw 1; // \\" abort()";\n'), 0);
  assert.equal(breaches('src/io/wav.cc', "auto c = '\"'; throw 1; auto d = '\"';\n"), 1);
  assert.equal(codeOnly('a /* b\nc */ d\n'), 'a     \n     d\n');
});
