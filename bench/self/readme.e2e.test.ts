// Runs every shell block of the README and of docs/, so that the documented commands are known to work.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'readme-'));
  symlinkSync(join(project, 'reports'), join(folder, 'reports'));
  const program = join(folder, 'streamduel');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${join(project, 'bench/cli.ts')}" "$@"\n`, { mode: 0o755 });
});

afterAll(() => rmSync(folder, { recursive: true }));

function shorten(command: string): string {
  const out = `--out "${folder}/runs"`;
  if (command.startsWith('streamduel selftest')) return `${command} ${out} --quiet`;
  if (!command.startsWith('streamduel run')) return command;
  if (/^streamduel run (memory|capacity|connect|fanout)/.test(command)) return `${command} --preset smoke --quiet ${out}`;
  // A browser page can open fewer streams than the short runs of other clients use.
  if (command.includes('--client browser')) return `${command} --preset smoke --quiet ${out}`;
  // When a flag is given twice, the last one wins.
  if (!/^streamduel run (reconnect|herd)/.test(command)) return `${command.replace('streamduel run', `streamduel run ${SHORT}`)} ${out}`;
  // All faults are run by a test of their own.
  const fault = /^streamduel run reconnect(?! .*--faults)/.test(command) ? ' --faults reset,drain' : '';
  return `${command} ${SHORT_BREAKING}${fault} ${out}`;
}

function run(command: string): { status: number | null; output: string } {
  const line = shorten(command);
  const path = [folder, dirname(process.execPath), process.env['PATH']].join(delimiter);
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    cwd: folder,
    env: { ...process.env, PATH: path, NO_COLOR: '1' },
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  return { status, output: stdout + stderr };
}

it('the README has the two one-line commands', () => {
  expect(commands).toContain('npm ci && npm run bench');
  expect(commands).toContain('npm ci && npm test');
});

it('the first of them runs the quick preset', () => {
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  expect(scripts['bench']).toBe('node bench/cli.ts run --preset quick');
});

describe('each command line', () => {
  const lines = commands.filter((command) => !notRunHere.has(command) && !command.startsWith('npm ci'));

  it.each(lines)('%s', (line) => {
    const { status, output } = run(line);
    // A run exits with 1 when the machine was too busy for its gates, and so does what reads such a run again.
    expect([0, /^streamduel (run|report|compare)/.test(line) ? 1 : 0]).toContain(status);
    expect(output).not.toContain('error:');
  });
});

it('the workload that the README shows is accepted', () => {
  const definition = /^```json\n([\s\S]*?)^```$/m.exec(readme)![1]!;
  writeFileSync(join(folder, 'mine.json'), definition);
  writeFileSync(join(folder, 'answers.txt'), 'An answer of my own, long enough to be streamed as tokens.');
  const { status, output } = run('streamduel run --preset smoke --duration 3s --workload mine.json');
  expect([0, 1]).toContain(status);
  expect(output).toContain('report.md');
});

it('names only flags that exist', () => {
  const help = execFileSync(process.execPath, [join(project, 'bench/cli.ts'), 'run', '--help'], { encoding: 'utf8' });
  const table = readme.split('\n').filter((line) => line.startsWith('| `--'));
  const flags = table.flatMap((line) => [...line.split('|')[1]!.matchAll(/--[a-z-]+/g)].map(([flag]) => flag));
  expect(flags.length).toBeGreaterThan(20);
  for (const flag of flags) expect(help).toContain(flag);
});
