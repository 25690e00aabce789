// The process that node_place.mjs starts: takes a job as a message, answers with events and a result.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const importFile = (file) => import(pathToFileURL(file).href);

// A copy of its own: files that are read may share one large buffer.
async function bytesOf(file) {
  const bytes = await fs.readFile(file);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

async function runJob({ audio, model, options, measure: file, dist, build }) {
  const { measure, startWasm } = await importFile(file);
  const start = (variant, name) => {
    const stem = path.join(build, 'wasm', variant, `${name}-${variant}`);
    return startWasm(importFile(`${stem}.mjs`), bytesOf(`${stem}.wasm`));
  };
  const place = {
    where: 'node',
    agent: `Node ${process.versions.node}`,
    cores: os.availableParallelism(),
    sotto: await importFile(path.join(dist, 'index.js')),
    loadEngine: (variant) => start(variant, 'sotto'),
    loadOps: (variant) => start(variant, 'sotto-bench'),
    readClip: () => bytesOf(audio),
    readModel: () => bytesOf(model),
  };
  return measure(place, options, (event) => process.send?.({ event }));
}

process.once('message', async (/** @type {any} */ job) => {
  try {
    const result = await runJob(job);
    process.send?.({ result }, () => process.disconnect());
  } catch (error) {
    process.send?.({ error: error?.stack ?? String(error) }, () => process.disconnect());
  }
});
