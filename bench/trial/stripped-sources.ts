// Run from its sources, every process of every trial would strip the types of a hundred files anew, which is half the time it
// takes to start. Node's compile cache is of no use: V8 refuses what was compiled with another hash seed, and each trial has
// its own. So the orchestrator strips once, and its children read the result; lines and columns stay what they are.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { strippedName } from './read-stripped.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Relative imports that are left when the types are gone, those of `import()` included. */
const IMPORTED = /(?:from|import|import\()\s*'(\.[^']+\.ts)'/g;

const hookSource = new URL('./read-stripped.ts', import.meta.url);

let folder: string | undefined;
const strippedUrls = new Set<string>();

/** What Node must be told before a program of ours; nothing for one that is JavaScript. */
export function strippedArguments(program: string): readonly string[] {
  if (!program.endsWith('.ts')) return [];
  folder ??= makeFolder();
  stripAll(pathToFileURL(program), folder);
  return ['--import', pathToFileURL(join(folder, 'read-stripped.mjs')).href];
}

function makeFolder(): string {
  const made = mkdtempSync(join(temporaryFolder(), 'stripped-'));
  withoutWarning(() => writeFileSync(join(made, 'read-stripped.mjs'), strip(hookSource)));
  return made;
}

/** The program and all that it may import. A source that is edited during a run changes none of its later trials. */
function stripAll(program: URL, into: string): void {
  const waiting = [program];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (strippedUrls.has(url.href)) continue;
    strippedUrls.add(url.href);
    const source = strip(url);
    writeFileSync(join(into, strippedName(url.href)), source);
    for (const [, imported] of source.matchAll(IMPORTED)) waiting.push(new URL(imported as string, url));
  }
}

function strip(url: URL): string {
  return stripTypeScriptTypes(readFileSync(url, 'utf8'));
}

/** Node warns once that this function, though not its own stripping, is experimental: nothing that a user could act on. */
function withoutWarning(act: () => void): void {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    act();
  } finally {
    process.emitWarning = emitWarning;
  }
}
