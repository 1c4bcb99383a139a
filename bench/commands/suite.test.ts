// Several scenarios in one command, over made-up trials: one folder, one report, and parts that are
// runs like any other.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRun } from '../analysis/load-run.ts';
import { CliFolder } from '../cli-fixture.ts';
import { BenchError } from '../contract/errors.ts';
import { keptOutput } from './kept-output-fixture.ts';
import { failWith, makeUp, pressingCtrlC, runHere } from './made-up-run-fixture.ts';
import { reportCommand } from './report.ts';

const place = new CliFolder();
afterAll(() => place[Symbol.dispose]());

const two = { scenarios: ['stream', 'burst'], blocks: '1' } as const;

/** All files of a folder, with their contents. */
function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  return Object.fromEntries(
    paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]),
  );
}

async function render(what: string, format: string): Promise<string> {
  const { output, stdout } = keptOutput();
  await reportCommand(what, { format }, output);
  return stdout();
}

describe('a suite of two scenarios', () => {
  let ended: Awaited<ReturnType<typeof runHere>>;
  let folder: string;

  beforeAll(async () => {
    ended = await runHere(place, {
      ...two,
      failIf: ['delivery.p50 > 60s', 'open.p50 > 60s'],
      name: 'two',
    });
    folder = place.runFolder('two');
  });

  it('judges each threshold where its metric is measured', () => {
    const thresholds = ['stream', 'burst'].map(
      (part) => loadRun(join(folder, part)).header.thresholds,
    );
    expect(thresholds).toEqual([['delivery.p50 > 60s', 'open.p50 > 60s'], ['delivery.p50 > 60s']]);
  });

  it('ends with the tables of both and one report', () => {
    expect(ended).toMatchObject({ code: 0, error: undefined });
    expect(ended.stdout).toMatch(/^two-stream: scenario stream/m);
    expect(ended.stdout).toMatch(/^two-burst: scenario burst/m);
    // A plan this short bears on no claim.
    expect(ended.stdout).not.toMatch(/^claim /m);
    expect(ended.stdout.match(/^report: .*$/gm)).toEqual([
      `report: ${relative(process.cwd(), folder)}/report.md`,
    ]);
  });

  it('has a report whose links and charts exist', () => {
    const report = readFileSync(join(folder, 'report.md'), 'utf8');
    const links = [...report.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link as string);
    expect(links.filter((link) => link.endsWith('.svg')).length).toBeGreaterThan(1);
    expect(links.filter((link) => !existsSync(join(folder, link)))).toEqual([]);
    expect(report).toContain('streamduel run stream burst --preset smoke --seed 7 --blocks 1');
  });

  it('is rendered again bit for bit, part by part and whole', async () => {
    const before = contentsOf(folder);
    expect(await render(folder, 'md')).toBe(before['report.md']);
    expect(JSON.parse(await render(folder, 'json'))).toMatchObject({
      suite: { name: 'two' },
      claims: [],
      parts: [{ name: 'two-stream' }, { name: 'two-burst' }],
    });
    expect(await render(join(folder, 'burst'), 'md')).toBe(before['burst/report.md']);
    expect(contentsOf(folder)).toEqual(before);
  });

  it('goes on where it stopped: the unfinished part and the one that was not begun', async () => {
    const cut = (part: string, lines: number): void => {
      const path = join(folder, part, 'run.ndjson');
      writeFileSync(path, `${readFileSync(path, 'utf8').split('\n').slice(0, lines).join('\n')}\n`);
    };
    cut('stream', 1);
    cut('burst', 7);
    const continued = await runHere(place, { continue: folder });
    expect(continued.stderr.match(/^trial \d\/\d/gm)).toEqual([
      'trial 1/2',
      'trial 2/2',
      'trial 7/8',
      'trial 8/8',
    ]);
    expect(['stream', 'burst'].map((part) => loadRun(join(folder, part)).trials.length)).toEqual([
      2, 8,
    ]);
    expect(readFileSync(join(folder, 'report.md'), 'utf8')).not.toContain('INCOMPLETE');
    const refused = await runHere(place, { continue: folder, blocks: '2' });
    expect([refused.code, refused.error?.message]).toEqual([
      2,
      expect.stringContaining('--blocks cannot be changed by --continue'),
    ]);
  });
});

it('Ctrl-C ends a suite with the report of what there is, and says how to go on', async () => {
  const press = pressingCtrlC();
  const measure = makeUp((made) => {
    press();
    return made;
  });
  const { code, error, stdout, stderr } = await runHere(place, {
    ...two,
    blocks: '50',
    name: 'stopped',
    measure,
  });
  const folder = place.runFolder('stopped');
  expect([code, error?.hint]).toEqual([
    130,
    expect.stringContaining(`go on with: streamduel run --continue ${folder}`),
  ]);
  expect(stderr).not.toContain('scenario burst');
  expect(stdout).toContain(`report: ${relative(process.cwd(), folder)}/report.md`);
  expect(['stream', 'burst'].map((part) => loadRun(join(folder, part)).trials.length)).toEqual([
    1, 0,
  ]);
  const report = readFileSync(join(folder, 'report.md'), 'utf8');
  expect(report).toMatch(/^> - stream: .*\*\*INCOMPLETE\*\*$/m);
  expect(report).toMatch(/^> - burst: .*\*\*INCOMPLETE\*\*$/m);
});

it('what stops one scenario does not keep the next from being measured, and the suite exits with 1', async () => {
  const measure = failWith(
    new BenchError('PORT', 'taken'),
    ({ loadPoint }) => loadPoint.tokensPerTick === undefined,
  );
  const { code, error } = await runHere(place, { ...two, name: 'half', measure, quiet: true });
  expect([code, error?.message]).toEqual([1, 'taken']);
  const folder = place.runFolder('half');
  expect(['stream', 'burst'].map((part) => loadRun(join(folder, part)).trials.length)).toEqual([
    0, 8,
  ]);
});

it('what one scenario refuses is refused before anything of the others is made', async () => {
  const nothing = join(place.path, 'nothing');
  const { code, error } = await runHere(place, {
    scenarios: ['stream', 'reconnect'],
    port: '8080',
    out: nothing,
  });
  expect([code, error?.message]).toEqual([
    2,
    expect.stringContaining('several trials run side by side'),
  ]);
  expect(existsSync(nothing)).toBe(false);
});
