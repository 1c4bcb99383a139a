// Strips types once in the orchestrator; child processes read the result, and lines and columns
// stay the same. Otherwise every process of every trial would strip a hundred files anew, which is
// half of its start time. Node's compile cache does not help: V8 rejects code that was compiled
// with another hash seed, and each trial has its own.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { strippedName } from './read-stripped.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Relative imports that remain once types are stripped, those of `import()` included. */
const IMPORTED = /(?:from|import|import\()\s*'(\.[^']+\.ts)'/g;

const hookSource = new URL('./read-stripped.ts', import.meta.url);

let folder: string | undefined;
const strippedUrls = new Set<string>();

/** Node arguments for a program of this project; none for one that is JavaScript. */
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

/**
 * Strips the program and everything that it may import. A source edited during a run changes none
 * of its later trials.
 */
function stripAll(program: URL, into: string): void {
  const waiting = [program];
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (strippedUrls.has(url.href)) continue;
    strippedUrls.add(url.href);
    const source = strip(url);
    writeFileSync(join(into, strippedName(url.href)), source);
    for (const [, imported] of source.matchAll(IMPORTED))
      waiting.push(new URL(imported as string, url));
  }
}

function strip(url: URL): string {
  return stripTypeScriptTypes(readFileSync(url, 'utf8'));
}

/**
 * Suppresses Node's warning that this function, though not its own stripping, is experimental:
 * users could not act on it.
 */
function withoutWarning(act: () => void): void {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    act();
  } finally {
    process.emitWarning = emitWarning;
  }
}
