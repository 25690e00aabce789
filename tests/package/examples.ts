// The examples of the documentation, as its pages have them.
import fs from 'node:fs/promises';
import path from 'node:path';
import { kRoot } from '../lib/assets.mjs';

export interface Example {
  /** Its page, its language and its number among those of the page: 'docs/live.md ts 2'. */
  name: string;
  language: string;
  code: string;
}

async function examplesOf(page: string): Promise<Example[]> {
  const text = await fs.readFile(path.join(kRoot, page), 'utf8');
  const count = new Map<string, number>();
  return [...text.matchAll(/^```([a-z]+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => {
    const number = (count.get(language) ?? 0) + 1;
    count.set(language, number);
    return { name: `${page} ${language} ${number}`, language, code };
  });
}

/** Those of the README and of every page in docs/. */
export async function examples(): Promise<Example[]> {
  const files = await fs.readdir(path.join(kRoot, 'docs'));
  const pages = files.filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`);
  return (await Promise.all(['README.md', ...pages].map(examplesOf))).flat();
}

/** The code of one of them. */
export async function exampleOf(name: string): Promise<string> {
  const found = (await examples()).find((example) => example.name === name);
  if (!found) throw new Error(`expected an example '${name}'; got none`);
  return found.code;
}
