// Runs every shell block of the README and of docs/, so that the documented commands are known to
// work. Measurements run side by side, since only their end counts.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { CliFolder, type Program } from '../cli-fixture.ts';
import { proxyNames } from '../contract/arms/proxies/proxies.ts';
import { wheelNames, type LabName } from '../lab/lab-sources.ts';
import { isUntested, whyNoBrowser, whyNoLabProgram } from '../missing-fixture.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const documents = [
  'README.md',
  ...readdirSync(join(project, 'docs')).map((name) => `docs/${name}`),
];
const readme = documents.map((name) => readFileSync(join(project, name), 'utf8')).join('\n');
const commands = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
  .flatMap((block) => block[1]!.trim().split('\n'))
  .map((line) => line.replace(/\s+#.*$/, ''));

/**
 * The first is this test, the alias only names the program, the check is a step of CI, and `serve`
 * never ends: its own test runs it.
 */
const notRunHere = new Set([
  'npm ci && npm test',
  'npm run test:full',
  "alias streamduel='npm run -s streamduel --'",
  'npm run check',
  'streamduel serve',
]);
/** They never end, or download: agents and their broker have tests of their own. */
const neverEnds = /^(npm ci|nats-server|streamduel agent|streamduel lab install)/;
const lines = commands.filter((command) => !notRunHere.has(command) && !neverEnds.test(command));

/**
 * Tests of their own measure these scenarios: here it counts that the line is understood, and can
 * be measured on this machine.
 */
const measuredElsewhere =
  /^streamduel (run (.*--nats|memory|capacity|connect|fanout|reconnect|herd|proxies|cancel|turns|voice|steer|.*--arrivals|--workload azure)|claims(?!.* --(from|dry-run)))/;
const measures = (line: string): boolean =>
  /^streamduel (run|selftest)/.test(line) &&
  !line.includes('--dry-run') &&
  !measuredElsewhere.test(line);
/** The proxies that a line names; one of those that `lab install` brings stands for any. */
const proxiesIn = (line: string): readonly LabName[] => {
  const named = proxyNames.filter((name) => new RegExp(`(@|--path )${name}`).test(line));
  return line.startsWith('streamduel run proxies') ? [...named, ...wheelNames.slice(0, 1)] : named;
};
const needsBrowser = (line: string): boolean => line.includes('--client browser');
/**
 * Run in full, these commands take minutes. When a flag is given twice, the last one wins: that of
 * the line.
 */
const SHORT = '--connections 10 --blocks 1 --warmup 500ms --duration 500ms --quiet';
const REFERENCE = 'reports/reference';
let folder: string;
const place = new CliFolder();
let twins: Program;
/** The twins listen here that the documents have at the default ports. */
let ports: { readonly sse: string; readonly ws: string };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'readme-'));
  // A copy, because a saved run is rendered into its own folder.
  cpSync(join(project, REFERENCE), join(folder, REFERENCE), { recursive: true });
  // Files of the repository that commands read.
  for (const name of ['bench', 'servers']) symlinkSync(join(project, name), join(folder, name));
  // A trace of somebody's own, of 40 s.
  const rows = Array.from({ length: 40 }, (_, row) => `2023-11-16 18:15:${10 + row},374,44`);
  writeFileSync(
    join(folder, 'chat.csv'),
    ['TIMESTAMP,ContextTokens,GeneratedTokens', ...rows, ''].join('\n'),
  );
  const program = join(folder, 'streamduel');
  writeFileSync(
    program,
    `#!/bin/sh\nexec "${process.execPath}" "${join(project, 'bench/cli.ts')}" "$@"\n`,
    { mode: 0o755 },
  );
  twins = place.start('serve', '--port', '0', '--ws-port', '0');
  await vi.waitUntil(() => twins.answered().split('\n').length === 4, {
    timeout: 60_000,
    interval: 50,
  });
  const [sse = '', ws = ''] = [...twins.answered().matchAll(/:(\d+)\/demo\/stream'/g)].map(
    ([, port]) => port,
  );
  ports = { sse, ws };
});

afterAll(async () => {
  twins.child.kill('SIGTERM');
  await twins.ended;
  place[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

function shorten(line: string): string {
  if (line.startsWith('streamduel probe'))
    return line
      .replace('127.0.0.1:4000', `127.0.0.1:${ports.sse}`)
      .replace('127.0.0.1:4001', `127.0.0.1:${ports.ws}`);
  if (measuredElsewhere.test(line)) return `${line} --dry-run`;
  if (!measures(line)) return line;
  const out = `--out "${mkdtempSync(join(folder, 'runs-'))}"`;
  if (line.startsWith('streamduel selftest')) return `${line} --quiet ${out}`;
  // A page can open fewer streams than the short runs of other clients use.
  if (needsBrowser(line)) return `${line} --preset smoke --blocks 1 --quiet ${out}`;
  return `${line.replace('streamduel run', `streamduel run ${SHORT}`)} ${out}`;
}

async function run(line: string): Promise<{ code: number | null; output: string }> {
  const path = [folder, dirname(process.execPath), process.env['PATH']].join(delimiter);
  const child = spawn('sh', ['-c', shorten(line)], {
    cwd: folder,
    env: { ...process.env, PATH: path, NO_COLOR: '1' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes) => (output += String(bytes)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

async function expectToWork(line: string): Promise<void> {
  const { code, output } = await run(line);
  // A run exits with 1 when the machine was too busy for its gates, and so does what reads such a
  // run again.
  expect([0, /^streamduel (run|report|compare|doctor)/.test(line) ? 1 : 0]).toContain(code);
  expect(output).not.toMatch(/^error:/m);
}

it('the README has the two one-line commands', () => {
  expect(commands).toContain('npm ci && npm run bench');
  expect(commands).toContain('npm ci && npm test');
});

it('the first of them runs the quick preset', () => {
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts['bench']).toBe('node bench/cli.ts run --preset quick');
});

const canProxy = (line: string): boolean =>
  proxiesIn(line).every(
    (name) => !isUntested(`documented commands over ${name}`, whyNoLabProgram(name)),
  );

it.each(lines.filter((line) => !measures(line) && canProxy(line)))('%s', expectToWork);

it
  .skipIf(isUntested('documented commands with a browser', whyNoBrowser()))
  .each(lines.filter(needsBrowser))('%s', expectToWork);

it.concurrent.each(lines.filter((line) => measures(line) && !needsBrowser(line) && canProxy(line)))(
  '%s',
  expectToWork,
);

it.concurrent('the workload that the README shows is accepted', async () => {
  const definition = /^```json\n([\s\S]*?)^```$/m.exec(readme)![1]!;
  writeFileSync(join(folder, 'mine.json'), definition);
  writeFileSync(
    join(folder, 'answers.txt'),
    'An answer of my own, long enough to be streamed as tokens.',
  );
  const { code, output } = await run('streamduel run --workload mine.json --duration 3s');
  expect([0, 1]).toContain(code);
  expect(output).toContain('report.md');
});

it('names only flags that exist', () => {
  const help = execFileSync(process.execPath, [join(project, 'bench/cli.ts'), 'run', '--help'], {
    encoding: 'utf8',
  });
  const table = readme.split('\n').filter((line) => line.startsWith('| `--'));
  const flags = table.flatMap((line) =>
    [...line.split('|')[1]!.matchAll(/--[a-z-]+/g)].map(([flag]) => flag),
  );
  expect(flags.length).toBeGreaterThan(20);
  for (const flag of flags) expect(help).toContain(flag);
});
