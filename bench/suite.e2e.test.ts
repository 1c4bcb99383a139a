// Several scenarios in one command, as a user runs them: one folder, one report, and parts that are runs like any other.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRun } from './analysis/load-run.ts';
import { CliFolder, type Ended } from './cli-fixture.ts';
import { loadSuite } from './trial/suite-folder.ts';

const short = ['--preset', 'smoke', '--blocks', '1', '--warmup', '500ms', '--duration', '500ms', '--seed', '7'];
const place = new CliFolder();
const { run: streamduel } = place;

afterAll(() => place[Symbol.dispose]());

/** All files of a folder, with their contents. */
function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}

interface PartAnalysis {
  readonly loadPoints: readonly { readonly invalid: readonly string[]; readonly harnessLimited: readonly string[] }[];
  readonly thresholds: readonly { readonly threshold: { readonly text: string }; readonly outcome: string }[];
}

/** All reasons of all parts for a non-zero exit code. */
function whysOf(folder: string): string[] {
  return ['stream', 'burst'].flatMap((part) => {
    const { loadPoints, thresholds } = JSON.parse(readFileSync(join(folder, part, 'analysis.json'), 'utf8')) as PartAnalysis;
    const gates = loadPoints.flatMap(({ invalid, harnessLimited }) => invalid.concat(harnessLimited));
    return gates.concat(thresholds.filter(({ outcome }) => outcome !== 'passed').map(({ threshold }) => threshold.text));
  });
}

describe('a suite of two scenarios', () => {
  let ended: Ended;
  let folder: string;

  beforeAll(async () => {
    const flags = ['--fail-if', 'delivery.p50 > 60s', '--fail-if', 'open.p50 > 60s'];
    ended = await streamduel('run', 'stream', 'burst', ...short, ...flags, '--name', 'two');
    folder = place.runFolder('two');
  }, 120_000);

  it('is one folder with a run for each scenario, of one seed', () => {
    const suite = loadSuite(folder);
    expect(suite.parts).toEqual([
      { scenario: 'stream', folder: 'stream' },
      { scenario: 'burst', folder: 'burst' },
    ]);
    const runs = suite.parts.map((part) => loadRun(join(folder, part.folder)));
    expect(runs.map(({ header }) => [header.plan.scenario, header.plan.seed, header.name])).toEqual([
      ['stream', 7, 'two-stream'],
      ['burst', 7, 'two-burst'],
    ]);
    expect(runs.map(({ trials }) => trials.map(({ outcome }) => outcome))).toEqual([
      Array.from({ length: 2 }, () => 'completed'),
      Array.from({ length: 8 }, () => 'completed'),
    ]);
  });

  it('judges each threshold where its metric is measured', () => {
    const thresholds = ['stream', 'burst'].map((part) => loadRun(join(folder, part)).header.thresholds);
    expect(thresholds).toEqual([['delivery.p50 > 60s', 'open.p50 > 60s'], ['delivery.p50 > 60s']]);
  });

  it('ends with the tables of both, the claim and one report, and exits as its gates say', () => {
    const whys = whysOf(folder);
    expect(ended.code, `${whys.join('; ')}\n${ended.stderr}`).toBe(whys.length > 0 ? 1 : 0);
    expect(ended.stdout).toMatch(/^two-stream: scenario stream/m);
    expect(ended.stdout).toMatch(/^two-burst: scenario burst/m);
    expect(ended.stdout).toMatch(/^“SSE is cheaper/m);
    expect(ended.stdout.match(/^report: .*$/gm)).toEqual([`report: ${relative(place.path, folder)}/report.md`]);
    expect(ended.stderr).toMatch(/^scenario stream \(1 of 2\)\ntrial 1\/2 /m);
    expect(ended.stderr).toMatch(/^scenario burst \(2 of 2\)\ntrial 1\/8 /m);
  });

  it('has a report whose links and charts exist', () => {
    const report = readFileSync(join(folder, 'report.md'), 'utf8');
    const links = [...report.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link as string);
    expect(links.filter((link) => link.endsWith('.svg')).length).toBeGreaterThan(1);
    expect(links.filter((link) => !existsSync(join(folder, link)))).toEqual([]);
    expect(report).toContain('streamduel run stream burst --preset smoke --blocks 1');
  });

  it('is rendered again bit for bit, part by part and whole', async () => {
    const before = contentsOf(folder);
    const { stdout } = await streamduel('report', folder, '--format', 'md');
    expect(contentsOf(folder)).toEqual(before);
    expect(stdout).toBe(before['report.md']);
    const json = await streamduel('report', folder, '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      suite: { name: 'two' },
      claims: { claim: 'SSE is cheaper with many clients' },
      parts: [{ name: 'two-stream' }, { name: 'two-burst' }],
    });
    const part = await streamduel('report', join(folder, 'burst'), '--format', 'md');
    expect(part.stdout).toBe(before['burst/report.md']);
    expect(contentsOf(folder)).toEqual(before);
  });

  it('compares with itself, scenario by scenario', async () => {
    const { code, stdout } = await streamduel('compare', folder, folder);
    expect(code).toBe(0);
    expect(stdout.match(/^scenario \w+$/gm)).toEqual(['scenario stream', 'scenario burst']);
    // Markdown has all warnings, however noisy the machine was.
    const markdown = await streamduel('compare', folder, folder, '--format', 'md');
    expect(markdown.stdout.match(/both are one run/g)).toHaveLength(2);
  });

  it('goes on where it stopped: the unfinished part and the one that was not begun', async () => {
    const cut = (part: string, lines: number): void => {
      const path = join(folder, part, 'run.ndjson');
      writeFileSync(path, `${readFileSync(path, 'utf8').split('\n').slice(0, lines).join('\n')}\n`);
    };
    cut('stream', 1);
    cut('burst', 7);
    const part = await streamduel('report', folder);
    expect(part.stdout).toContain('INCOMPLETE: 0 of 2 trials completed');
    const continued = await streamduel('run', '--continue', folder);
    expect(continued.stderr.match(/^trial \d\/\d/gm)).toEqual(['trial 1/2', 'trial 2/2', 'trial 7/8', 'trial 8/8']);
    expect(['stream', 'burst'].map((one) => loadRun(join(folder, one)).trials.length)).toEqual([2, 8]);
    expect(readFileSync(join(folder, 'report.md'), 'utf8')).not.toContain('INCOMPLETE');
    const refused = await streamduel('run', '--continue', folder, '--blocks', '2');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--blocks cannot be changed by --continue')]);
  });
});

it('Ctrl-C ends a suite with the report of what there is, and says how to go on', async () => {
  const run = place.start('run', 'stream', 'burst', ...short, '--blocks', '50', '--name', 'stopped');
  await expect.poll(run.printed, { timeout: 60_000 }).toContain('trial 1/');
  run.child.kill('SIGINT');
  const { code, stdout, stderr } = await run.ended;
  const folder = place.runFolder('stopped');
  expect(code).toBe(130);
  expect(stderr).toContain(`go on with: streamduel run --continue ${relative(place.path, folder)}\n`);
  expect(stderr).not.toContain('scenario burst');
  expect(stdout).toContain(`report: ${relative(place.path, folder)}/report.md`);
  expect(loadRun(join(folder, 'stream')).trials.length).toBeGreaterThanOrEqual(1);
  const report = readFileSync(join(folder, 'report.md'), 'utf8');
  expect(report).toMatch(/^> - stream: .*\*\*INCOMPLETE\*\*$/m);
  expect(report).toMatch(/^> - burst: .*\*\*INCOMPLETE\*\*$/m);
});

it.each([
  [['stream', 'burst', '--connections', '10'], '--connections 10', 'give it to one alone: streamduel run stream'],
  [['stream', 'stream'], 'each scenario once', 'stream is there twice'],
  [['stream', 'burst', '--faults', 'kill'], '--faults kill', 'reconnect'],
  [['stream', 'burst', '--fail-if', 'speed > 3ms'], 'there is no metric "speed"', 'burst: known: '],
  [['stream', 'reconnect', '--port', '8080'], '--port 8080', 'several trials run side by side'],
  [['stream', 'burst', '--rate', '0'], '--rate 0', 'a number above 0'],
])('%j is refused before anything is made', async (words, what, instead) => {
  const { code, stdout, stderr } = await streamduel('run', ...words, '--preset', 'smoke', '--out', 'nothing');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(what);
  expect(stderr).toContain(instead);
  expect(existsSync(join(place.path, 'nothing'))).toBe(false);
});
