// Several scenarios in one command, as a user runs them. The rules of a suite are proved in
// commands/suite.test.ts.

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadRun } from './analysis/load-run.ts';
import { CliFolder, type Ended } from './cli-fixture.ts';
import { loadSuite } from './trial/suite-folder.ts';

const place = new CliFolder();
let ended: Ended;
let folder: string;

beforeAll(async () => {
  const short = [
    '--preset',
    'smoke',
    '--blocks',
    '1',
    '--warmup',
    '500ms',
    '--duration',
    '500ms',
    '--seed',
    '7',
  ];
  ended = await place.run(
    'run',
    'stream',
    'burst',
    ...short,
    '--fail-if',
    'delivery.p50 > 60s',
    '--name',
    'two',
  );
  folder = place.runFolder('two');
});

afterAll(() => place[Symbol.dispose]());

interface PartAnalysis {
  readonly loadPoints: readonly {
    readonly invalid: readonly string[];
    readonly harnessLimited: readonly string[];
  }[];
  readonly thresholds: readonly {
    readonly threshold: { readonly text: string };
    readonly outcome: string;
  }[];
}

/** All reasons of all parts for a non-zero exit code. */
function whysOf(path: string): string[] {
  return ['stream', 'burst'].flatMap((part) => {
    const { loadPoints, thresholds } = JSON.parse(
      readFileSync(join(path, part, 'analysis.json'), 'utf8'),
    ) as PartAnalysis;
    const gates = loadPoints.flatMap(({ invalid, harnessLimited }) =>
      invalid.concat(harnessLimited),
    );
    return gates.concat(
      thresholds
        .filter(({ outcome }) => outcome !== 'passed')
        .map(({ threshold }) => threshold.text),
    );
  });
}

it('is one folder with a run for each scenario, of one seed', () => {
  const { parts } = loadSuite(folder);
  expect(parts).toEqual([
    { scenario: 'stream', folder: 'stream' },
    { scenario: 'burst', folder: 'burst' },
  ]);
  const runs = parts.map((part) => loadRun(join(folder, part.folder)));
  expect(runs.map(({ header }) => [header.plan.scenario, header.plan.seed, header.name])).toEqual([
    ['stream', 7, 'two-stream'],
    ['burst', 7, 'two-burst'],
  ]);
  expect(runs.map(({ trials }) => trials.map(({ outcome }) => outcome))).toEqual([
    Array.from({ length: 2 }, () => 'completed'),
    Array.from({ length: 8 }, () => 'completed'),
  ]);
});

it('tells its progress, ends with one report, and exits as the gates of its parts say', () => {
  const whys = whysOf(folder);
  expect(ended.code, `${whys.join('; ')}\n${ended.stderr}`).toBe(whys.length > 0 ? 1 : 0);
  expect(ended.stdout.match(/^report: .*$/gm)).toEqual([
    `report: ${relative(place.path, folder)}/report.md`,
  ]);
  expect(ended.stderr).toMatch(/^scenario stream \(1 of 2\)\ntrial 1\/2 /m);
  expect(ended.stderr).toMatch(/^scenario burst \(2 of 2\)\ntrial 1\/8 /m);
});
