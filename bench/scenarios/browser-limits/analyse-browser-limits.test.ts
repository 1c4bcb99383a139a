import { expect, it } from 'vitest';
import type { BrowserLimitsTally } from '../../contract/browser-limits.ts';
import { trialRecordSchema } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { analyse } from '../../analysis/analyse.ts';
import { failingTally, limitsRun, ofOneStream, pageStreams, waitingTally } from './fixture.ts';
import { browserLimitsReading } from './reading.ts';

type TallyOf = NonNullable<Parameters<typeof limitsRun>[0]>['tallyOf'];

const armsOf = (tallyOf?: TallyOf, blocks = 1) => {
  const { browserLimits } = analyse(
    limitsRun({ blocks, arms: ofOneStream, ...(tallyOf !== undefined && { tallyOf }) }),
    browserLimitsReading,
  );
  const [sse, ws] = browserLimits[0]!.arms;
  return { sse: sse!, ws: ws! };
};

it('counts are those of each trial, and times the median of their medians', () => {
  const { sse, ws } = armsOf();
  expect(sse).toMatchObject({
    arm: 'sse/browser',
    browsers: ['Chromium 999.0.1'],
    trials: 1,
    asked: 10,
    opened: [6],
    spanNs: 60 * NS_PER_MS,
  });
  expect(sse.next).toEqual({
    waits: 1,
    fails: 0,
    how: [],
    served: 1,
    servedAfterNs: 4 * NS_PER_MS,
  });
  expect(sse.requests).toEqual({
    beforeNs: 2 * NS_PER_MS,
    whileOpenNs: undefined,
    waited: 1,
    afterClosingNs: 5 * NS_PER_MS,
    afterNs: 2 * NS_PER_MS,
  });
  expect(ws.next).toMatchObject({ waits: 0, fails: 1, how: ['close code 1006'] });
  expect(ws.requests).toMatchObject({
    whileOpenNs: 2.5 * NS_PER_MS,
    waited: 0,
    afterClosingNs: undefined,
  });
  expect(ws.atOnce).toMatchObject({ opened: [199], waiting: [0], failed: [101] });
});

it('tabs share a limit when together they open no more than one alone, and do not when they open more', () => {
  const { sse, ws } = armsOf();
  expect(sse.tabs).toEqual({
    asked: 4,
    opened: [[4, 2]],
    isShared: true,
    secondWaits: 1,
    secondFails: 0,
  });
  expect(ws.tabs).toEqual({
    asked: 300,
    opened: [[200, 90]],
    isShared: false,
    secondWaits: 1,
    secondFails: 0,
  });
});

it('where streams share a connection, one tab asks for all, and two tabs for more than one origin carries', () => {
  const [, unsaid, allowed] = analyse(limitsRun(), browserLimitsReading).browserLimits[0]!.arms;
  expect(unsaid).toMatchObject({
    arm: 'sse-h2+tls/browser',
    asked: 300,
    opened: [90],
    next: { waits: 1, fails: 0, served: 1 },
    requests: { waited: 1 },
    tabs: { asked: 60, opened: [[60, 30]], isShared: true },
  });
  expect(allowed).toMatchObject({
    arm: 'sse-h2:1000+tls/browser',
    asked: 300,
    opened: [240],
    tabs: { asked: 150, opened: [[150, 90]], isShared: true },
  });
});

it('whether tabs share a limit is not known where one alone met none', () => {
  const { next: _next, ...unlimited } = { ...waitingTally, oneByOne: pageStreams(10, 0) };
  expect(armsOf(() => unlimited).sse.tabs.isShared).toBeUndefined();
});

it('whether tabs share a limit is not known where trials disagree', () => {
  const [first] = waitingTally.tabs;
  const unshared: BrowserLimitsTally = { ...waitingTally, tabs: [first, first] };
  expect(
    armsOf((_arm, block) => (block === 0 ? unshared : waitingTally), 2).sse.tabs.isShared,
  ).toBeUndefined();
});

it('a stream that no closing made room for is counted as not served', () => {
  expect(armsOf(() => ({ ...waitingTally, next: { fate: 'waits' } })).sse.next).toMatchObject({
    waits: 1,
    served: 0,
    servedAfterNs: undefined,
  });
});

it('arms are set side by side: no ratio, no p-value and no verdict', () => {
  const { loadPoints, warnings } = analyse(limitsRun({ blocks: 3 }), browserLimitsReading);
  expect(loadPoints[0]?.comparisons).toEqual([]);
  expect(warnings).toEqual([]);
});

it('metrics are the counts and times of a trial, and a request that waits has no time of its own', () => {
  const [sse, ws] = ['sse', 'ws'].map((transport) =>
    limitsRun().trials.find(({ arm }) => arm.transport === transport),
  );
  const valueOf = (id: string, trial = sse) =>
    browserLimitsReading.metrics.find((metric) => metric.id === id)?.value(trial as never);
  expect(['limits.streams', 'limits.tabs', 'limits.atonce'].map((id) => valueOf(id))).toEqual([
    6, 6, 6,
  ]);
  expect(['limits.streams', 'limits.tabs', 'limits.atonce'].map((id) => valueOf(id, ws))).toEqual([
    200, 290, 199,
  ]);
  expect([valueOf('limits.fetch'), valueOf('limits.fetch.freed')]).toEqual([
    undefined,
    5 * NS_PER_MS,
  ]);
  expect([valueOf('limits.fetch', ws), valueOf('limits.fetch.freed', ws)]).toEqual([
    2.5 * NS_PER_MS,
    undefined,
  ]);
  expect(valueOf('limits.next', ws)).toBe(2100 * NS_PER_MS);
});

it('what is analysed is what a run file may hold', () => {
  for (const trial of limitsRun().trials) expect(trialRecordSchema.parse(trial)).toEqual(trial);
  expect(failingTally.oneByOne).toHaveLength(300);
});
