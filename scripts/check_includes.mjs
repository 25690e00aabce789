// The house rules of the C++ sources that a program can check: includes flow one way, intrinsics
// stay in src/simd, and the core never prints, throws or aborts. By hand: node
// scripts/check_includes.mjs; npm test runs it too.
import fs from 'node:fs/promises';
import { runMain, SetupError } from './lib/log.mjs';
import { inRoot, isMain } from './lib/paths.mjs';
import { listFiles } from './lib/stamp.mjs';

// Folder of src/ -> the folders it may include, besides itself. `engine` is engine.h too.
const kMayInclude = {
  base: [],
  simd: ['base'],
  quant: ['base', 'simd'],
  kernels: ['base', 'simd', 'quant'],
  audio: ['base', 'kernels'],
  vad: ['base', 'quant', 'kernels', 'io'],
  io: ['base', 'quant', 'text'],
  text: ['base'],
  stream: ['base'],
  model: ['base', 'kernels', 'quant', 'io'],
  decode: ['base', 'kernels', 'model', 'text'],
  engine: ['base', 'kernels', 'quant', 'audio', 'vad', 'io', 'text', 'stream', 'model', 'decode'],
  cli: ['base', 'io', 'quant', 'text', 'audio', 'model', 'engine'],
  emscripten: ['base', 'simd', 'io', 'text', 'audio', 'stream', 'vad', 'engine'],
};

const kIntrinsics = [
  /#\s*include\s*<(?:simde\/|wasm_simd128|[a-z]*mmintrin|x86intrin|arm_neon|arm_acle)/,
  /\b_mm(?:256|512)?_\w+/,
  /\bwasm_(?:[iuf]\d+x\d+|v128)_?\w*/,
  /\bsimde_\w+/,
  /\bv128_t\b/,
  /#\s*(?:el)?if.*\b(?:__(?:wasm_\w+|AVX\w*|SSE\w*|ARM_\w+|x86_64__|aarch64__)|SOTTO_SIMD_\w+)/,
];

/** @type {[RegExp, string][]} */
const kSayOrStop = [
  [/\b(?:v?f?printf|f?puts|f?putc|putchar|perror)\s*\(/, 'prints'],
  [/\bstd::(?:cout|cerr|clog)\b/, 'prints'],
  [/\bthrow\b/, 'throws'],
  [/\b(?:abort|_?exit|quick_exit|terminate|__builtin_trap|assert)\s*\(/, 'aborts'],
];

/** The text without comments and the contents of string literals, line for line. */
export function codeOnly(text) {
  const parts = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'/g;
  return text.replace(parts, (part, offset) => {
    const line = text.slice(text.lastIndexOf('\n', offset) + 1, offset);
    if (/^\s*#\s*include\s*$/.test(line)) return part;
    return part.replace(/[^\n]/g, ' ');
  });
}

/**
 * Checks one file.
 * @param {string} file path from the root: src/io/wav.cc
 * @param {string} text its content
 * @returns {string[]} a line per breach
 */
export function checkFile(file, text) {
  const [top, folder] = file.split('/');
  const layer = top === 'emscripten' ? top : folder.replace(/\.(h|cc)$/, '');
  const allowed = kMayInclude[layer];
  if (!allowed) return [`${file}: '${layer}' has no place in the order of includes`];
  const found = [];
  const say = (index, what) => found.push(`${file}:${index + 1}: ${what}`);
  for (const [index, line] of codeOnly(text).split('\n').entries()) {
    const target = line.match(/^\s*#\s*include\s*"([^"]+)"/)?.[1];
    // What lies in none of the folders is a library's header, or a binding's beside the file.
    const to = target?.split('/')[0].replace(/\.h$/, '');
    if (to && to in kMayInclude && to !== layer && !allowed.includes(to)) {
      say(index, `${layer} may not include "${target}"`);
    }
    if (layer !== 'simd' && kIntrinsics.some((pattern) => pattern.test(line))) {
      say(index, `intrinsics or an ISA #if outside src/simd: ${line.trim()}`);
    }
    if (top === 'src' && layer !== 'cli') {
      for (const [pattern, does] of kSayOrStop) {
        if (pattern.test(line)) say(index, `core code ${does}: ${line.trim()}`);
      }
    }
  }
  return found;
}

/** Checks every source; returns the breaches. */
export async function checkSources() {
  const found = [];
  for (const top of ['src', 'emscripten']) {
    for (const name of await listFiles(inRoot(top), (file) => /\.(cc|h)$/.test(file))) {
      const file = `${top}/${name}`;
      found.push(...checkFile(file, await fs.readFile(inRoot(file), 'utf8')));
    }
  }
  return found;
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    const found = await checkSources();
    process.stdout.write(found.map((line) => `${line}\n`).join(''));
    if (found.length > 0) throw new SetupError(`${found.length} breaches of the house rules`);
  });
}
