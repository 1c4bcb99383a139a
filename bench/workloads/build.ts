// Builds tokens.json, and the table in the README, from the texts of the catalogue. With --check it
// writes nothing and fails when a file on disk is not what it would write.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BenchError, messageOf } from '../contract/errors.ts';
import { catalogue } from './catalogue.ts';
import { renderSegmentTable } from './segment-table.ts';
import { renderTokenFile, tokenFileFromTexts } from './token-file.ts';

export interface BuiltFile {
  readonly path: string;
  readonly content: string;
}

const TABLE_START = '<!-- segments: written by npm run build:tokens -->';
const TABLE_END = '<!-- end of segments -->';

/**
 * Builds the contents of tokens.json and README.md from the texts of the catalogue, without writing
 * them.
 * @throws BenchError WORKLOAD when a text is not UTF-8 or is empty, or the README has lost the
 * marks of its table.
 */
export function buildFiles(): readonly BuiltFile[] {
  const file = tokenFileFromTexts(
    catalogue.map((entry) => ({
      id: entry.id,
      title: entry.title,
      language: entry.language,
      script: entry.script,
      provenance: entry.provenance,
      text: readText(pathOf(entry.file)),
    })),
  );
  const readme = readText(pathOf('README.md'));
  return [
    { path: pathOf('tokens.json'), content: renderTokenFile(file) },
    { path: pathOf('README.md'), content: withTable(readme, renderSegmentTable(file.segments)) },
  ];
}

/** The paths whose file on disk is missing or differs from what was built. */
function findStaleFiles(files: readonly BuiltFile[]): string[] {
  return files
    .filter(({ path, content }) => readIfPresent(path) !== content)
    .map(({ path }) => path);
}

function withTable(readme: string, table: string): string {
  const start = readme.indexOf(TABLE_START);
  const end = readme.indexOf(TABLE_END);
  if (start === -1 || end < start)
    throw new BenchError('WORKLOAD', `README.md has no lines "${TABLE_START}" and "${TABLE_END}"`);
  return `${readme.slice(0, start + TABLE_START.length)}\n\n${table}\n\n${readme.slice(end)}`;
}

function readText(path: string): string {
  try {
    // Fatal, because replacement characters would silently alter the text; a U+FEFF is kept as it
    // stands.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (cause) {
    throw new BenchError('WORKLOAD', `${path} cannot be read as UTF-8: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

interface Output {
  readonly stdout: { write: (text: string) => unknown };
  readonly stderr: { write: (text: string) => unknown };
}

/**
 * Writes the stale files, or with --check only reports them. Returns the exit code: 0 fine, 1
 * stale, 2 usage.
 */
export function build(
  flags: readonly string[],
  files: readonly BuiltFile[],
  output: Output,
): number {
  const unknown = flags.find((flag) => flag !== '--check');
  if (unknown !== undefined) {
    output.stderr.write(`unknown argument ${unknown}; usage: build.ts [--check]\n`);
    return 2;
  }
  const stale = findStaleFiles(files);
  if (flags.includes('--check')) {
    for (const path of stale)
      output.stderr.write(
        `${path} is not what the texts make; build it again with npm run build:tokens\n`,
      );
    return stale.length === 0 ? 0 : 1;
  }
  for (const { path, content } of files) {
    const isStale = stale.includes(path);
    if (isStale) writeFileSync(path, content);
    output.stdout.write(`${path}: ${isStale ? 'written' : 'unchanged'}\n`);
  }
  return 0;
}

if (import.meta.main) {
  try {
    process.exitCode = build(process.argv.slice(2), buildFiles(), process);
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
