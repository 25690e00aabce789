// The types as a strict program sees them, and what the documentation names. What its examples do when
// they run is in examples.spec.ts.
import fs from 'node:fs/promises';
import path from 'node:path';
import { kRoot } from '../lib/assets.mjs';
import { examples } from './examples.js';
import { expect, run, test } from './project.js';

test('a strict program compiles, and so does every example', async ({ projects }) => {
  const dir = await projects.make('typescript');
  const typed = (await examples()).filter(({ language }) => language === 'ts');
  for (const { name, code } of typed) {
    // Each is a module, whether it imports anything or not.
    const file = `${name.replace(/\W/g, '_')}.ts`;
    await fs.writeFile(path.join(dir, 'src', file), `${code}\nexport {};\n`);
  }
  expect(typed.length).toBeGreaterThan(3);
  await run('npm', ['run', 'build'], dir);
});

test('every command of npm that the documentation names is one', async () => {
  const { scripts } = JSON.parse(await fs.readFile(path.join(kRoot, 'package.json'), 'utf8'));
  const lines = (await examples()).filter(({ language }) => language === 'sh');
  const named = lines.flatMap(({ code }) => [...code.matchAll(/\bnpm (?:run )?([a-z][\w:]*)/g)]);
  const known = [...Object.keys(scripts), 'install', 'pack'];
  expect(named.length).toBeGreaterThan(10);
  expect(named.map(([, name]) => name).filter((name) => !known.includes(name ?? ''))).toEqual([]);
});
