// Searches with real processes. The capacity of this machine is not known and not asserted; the
// tests assert that each load follows from the ones before, that none exceeds the limit, and how
// the run reports it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heededSteps } from './scenarios/capacity/disturbed-steps.ts';
import { outcomeOf } from './scenarios/capacity/judge-step.ts';
import { loadGrid } from './scenarios/capacity/load-grid.ts';
import { nextStep } from './scenarios/capacity/search.ts';
import { CliFolder, type Ended } from './cli-fixture.ts';
import { armName } from './contract/arms/arms.ts';
import { trialRecordSchema, type SearchedTrial, type TrialRecord } from './contract/run-file.ts';

const place = new CliFolder();
const { run: streamduel } = place;

afterAll(() => place[Symbol.dispose]());

const common = [
  'run',
  'capacity',
  '--preset',
  'smoke',
  '--connections',
  '40',
  '--rate',
  '100',
  '--warmup',
  '500ms',
  '--duration',
  '500ms',
];

function searched(trials: readonly TrialRecord[]): SearchedTrial[] {
  return trials.map((trial) => {
    if (trial.outcome !== 'searched')
      throw new Error(
        `trial ${trial.trial} is ${trial.outcome}: ${JSON.stringify(trial).slice(0, 2000)}`,
      );
    return trial;
  });
}

describe('a search for the most streams', () => {
  let ended: Ended;
  let trials: SearchedTrial[] = [];

  beforeAll(async () => {
    // Any machine that runs the tests at all carries forty streams within five seconds.
    ended = await streamduel(
      ...common,
      '--slo',
      'attainment.5s >= 99%',
      '--stamps',
      '--seed',
      '11',
      '--name',
      'most',
    );
    trials = searched(place.readTrials('most'));
  }, 300_000);

  it('runs a search of each arm, then a curve of each and the proof of the client', () => {
    expect(ended.stderr).not.toContain('FAILED');
    const what = trials.map(({ asked, arm }) => `${asked?.purpose} ${armName(arm)}`);
    expect(what.sort()).toEqual(['curve sse', 'curve ws', 'proof tcp', 'search sse', 'search ws']);
    for (const trial of trials) expect(trialRecordSchema.parse(trial)).toEqual(trial);
  });

  it('asks each load because of the ones before, and none above the most', () => {
    const grid = loadGrid({ startStreams: 20, mostStreams: 40, width: 0.1 });
    const strides = { firstStride: grid.placesIn(1.25), longestStride: grid.placesIn(2) };
    const rules = { bottom: grid.bottom, top: grid.top, ...strides, stepsPerLoad: 1, maxSteps: 24 };
    const placeOf = (streams: number): number =>
      Array.from({ length: grid.top - grid.bottom + 1 }, (_, index) => grid.bottom + index).find(
        (one) => grid.streamsAt(one) === streams,
      )!;
    for (const { asked, search } of trials.filter((trial) => trial.asked?.purpose === 'search')) {
      expect(asked).toEqual({ purpose: 'search', startStreams: 20 });
      const tried = heededSteps(search.steps).map((step) => ({
        place: placeOf(step.streams),
        outcome: outcomeOf(step),
      }));
      for (const [index, { place: own }] of tried.entries())
        expect(nextStep(tried.slice(0, index), rules)).toEqual({ kind: 'measure', place: own });
      expect(nextStep(tried, rules)).toMatchObject({ kind: 'done', end: search.end });
    }
    expect(
      Math.max(...trials.flatMap(({ search }) => search.steps.map(({ streams }) => streams))),
    ).toBeLessThanOrEqual(40);
  });

  it('keeps of each step what its load was judged by', () => {
    for (const { measured, streams } of trials.flatMap(({ search }) => search.steps)) {
      // Slots pause between streams, and each stream begins with a wait for its first token.
      expect(measured?.offeredTokensPerSecond).toBeGreaterThan(streams * 50);
      expect(measured?.offeredTokensPerSecond).toBeLessThan(streams * 120);
      expect(measured?.serverCpuNs).toBeGreaterThan(0);
      expect(measured?.integrityFaults).toBe(0);
      expect(measured?.receivedTokens).toBe(measured?.plannedTokens);
    }
  });

  it('says what was carried, the path and the proof', () => {
    const report = place.readReport('most');
    expect(report).toContain('## What each carries');
    expect(report).toContain('Proof of the client: ');
    // The entry is in brackets if other programs disturbed the machine.
    expect(report).toMatch(/^\| 1 +\| SSE +\| (?:20 [✓✗]|\(20 disturbed\))/m);
    expect(report).toContain("--slo 'attainment.5s >= 99%'");
  });
});

it('an objective that nothing holds is held by no load: there is no answer, and no curve around one', async () => {
  await streamduel(
    ...common,
    '--transports',
    'sse',
    '--slo',
    'delivery.p50 <= 1us',
    '--name',
    'none',
  );
  const [trial, ...others] = searched(place.readTrials('none'));
  expect(others).toEqual([]);
  expect(trial?.search.lowerStreams).toBeUndefined();
  expect(trial?.search.upperStreams).toBe(10);
  expect(trial?.search.failedBy).toContain('objective');
  // On a busy machine the load generator is late as well, and then the search ends at its limit,
  // not the server's.
  const words =
    trial?.search.end === 'harness' ? 'HARNESS LIMITED' : 'found not even the lowest load carried';
  expect(place.readReport('none')).toContain(words);
}, 120_000);
