// Runs every shell block of the README and of docs/, so that the documented commands are known to work: some lines side by side,
// since only their end counts, and each in a folder of its own.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isUntested, whyNoBrowser } from '../missing-fixture.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const documents = ['README.md', ...readdirSync(join(project, 'docs')).map((name) => `docs/${name}`)];
const readme = documents.map((name) => readFileSync(join(project, name), 'utf8')).join('\n');
const commands = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
  .flatMap((block) => block[1]!.trim().split('\n'))
  .map((line) => line.replace(/\s+#.*$/, ''));

/** The first is this test, the alias only names the program, the check is a step of CI, and `serve` never ends: its own test runs it. */
const notRunHere = new Set([
  'npm ci && npm test',
  'npm run test:full',
  "alias streamduel='npm run -s streamduel --'",
  'npm run check',
  'streamduel serve',
]);
/** Run in full, these commands take minutes: they are run with the shortest trials possible. */
const SHORT = '--connections 10 --blocks 1 --warmup 500ms --duration 500ms --quiet';
const SHORT_BREAKING = '--connections 10 --blocks 1 --quiet';
const REFERENCE = 'reports/reference';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const program = join(folder, 'streamduel');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${join(project, 'bench/cli.ts')}" "$@"\n`, { mode: 0o755 });
});

afterAll(() => rmSync(folder, { recursive: true }));

function shorten(command: string): string {
  if (command.startsWith('streamduel selftest')) return `${command} --quiet`;
  if (!command.startsWith('streamduel run')) return command;
  if (/^streamduel run (memory|capacity|connect|fanout)/.test(command)) return `${command} --preset smoke --quiet`;
  // A browser page can open fewer streams than the short runs of other clients use.
  if (needsBrowser(command)) return `${command} --preset smoke --quiet`;
  // When a flag is given twice, the last one wins.
  if (!/^streamduel run (reconnect|herd)/.test(command)) return command.replace('streamduel run', `streamduel run ${SHORT}`);
  // All faults are run by a test of their own.
  const fault = /^streamduel run reconnect(?! .*--faults)/.test(command) ? ' --faults reset,drain' : '';
  return `${command} ${SHORT_BREAKING}${fault}`;
}

/** @param files Contents of the files that the line needs. */
async function run(command: string, files: Readonly<Record<string, string>> = {}): Promise<{ code: number | null; output: string }> {
  const cwd = mkdtempSync(join(folder, 'line-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  // A copy, because a saved run is rendered into its own folder.
  if (command.includes(REFERENCE)) cpSync(join(project, REFERENCE), join(cwd, REFERENCE), { recursive: true });
  const path = [folder, dirname(process.execPath), process.env['PATH']].join(delimiter);
  const child = spawn('sh', ['-c', shorten(command)], { cwd, env: { ...process.env, PATH: path, NO_COLOR: '1' } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += String(bytes)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

it('the README has the two one-line commands', () => {
  expect(commands).toContain('npm ci && npm run bench');
  expect(commands).toContain('npm ci && npm test');
});

it('the first of them runs the quick preset', () => {
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  expect(scripts['bench']).toBe('node bench/cli.ts run --preset quick');
});

const needsBrowser = (line: string): boolean => line.includes('--client browser');
const lines = commands.filter((command) => !notRunHere.has(command) && !command.startsWith('npm ci'));

it.skipIf(isUntested('documented commands with a browser', whyNoBrowser())).each(lines.filter(needsBrowser))('%s', expectToWork);

it.concurrent.each(lines.filter((line) => !needsBrowser(line)))('%s', expectToWork);

async function expectToWork(line: string): Promise<void> {
  const { code, output } = await run(line);
  // A run exits with 1 when the machine was too busy for its gates, and so does what reads such a run again.
  expect([0, /^streamduel (run|report|compare)/.test(line) ? 1 : 0]).toContain(code);
  expect(output).not.toContain('error:');
}

it.concurrent('the workload that the README shows is accepted', async () => {
  const definition = /^```json\n([\s\S]*?)^```$/m.exec(readme)![1]!;
  const files = { 'mine.json': definition, 'answers.txt': 'An answer of my own, long enough to be streamed as tokens.' };
  const { code, output } = await run('streamduel run --preset smoke --duration 3s --workload mine.json', files);
  expect([0, 1]).toContain(code);
  expect(output).toContain('report.md');
});

it('names only flags that exist', () => {
  const help = execFileSync(process.execPath, [join(project, 'bench/cli.ts'), 'run', '--help'], { encoding: 'utf8' });
  const table = readme.split('\n').filter((line) => line.startsWith('| `--'));
  const flags = table.flatMap((line) => [...line.split('|')[1]!.matchAll(/--[a-z-]+/g)].map(([flag]) => flag));
  expect(flags.length).toBeGreaterThan(20);
  for (const flag of flags) expect(help).toContain(flag);
});
