import { describe, expect, test } from 'vitest';
import { faultNames } from '../../contract/faults.ts';
import { runHeaderSchema, trialRecordSchema, type FaultedTrial } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { analyse } from '../../analysis/analyse.ts';
import type { FaultAnalysis, FaultedArm } from './findings.ts';
import { recoveryRun, type RecoveryRunOptions } from './recovery-fixture.ts';
import { recoveryReading } from './reading.ts';

function faultOf(options: RecoveryRunOptions): FaultAnalysis {
  const fault = analyse(recoveryRun({ noise: 0, blocks: 3, ...options }), recoveryReading).recovery
    .faults[0];
  if (fault === undefined) throw new Error('no fault was analysed');
  return fault;
}

function armOf(options: RecoveryRunOptions): FaultedArm {
  const [arm] = faultOf(options).arms;
  if (arm === undefined) throw new Error('no arm was analysed');
  return arm;
}

/** A different time in every block: blocks 1, 2 and 3 take 1, 2 and 3 times as long. */
const slower = (trial: FaultedTrial): FaultedTrial => {
  const { faultToResumedNs } = trial.distributions;
  if (faultToResumedNs === undefined) return trial;
  const values = faultToResumedNs.values.map((ns) => ns * trial.block);
  return {
    ...trial,
    distributions: { ...trial.distributions, faultToResumedNs: { ...faultToResumedNs, values } },
  };
};

const forgetful = (trial: FaultedTrial): FaultedTrial => {
  if (trial.block !== 2) return trial;
  const { server: _server, hit: _hit, ...recovery } = trial.recovery;
  return { ...trial, recovery: { ...recovery, kernel: {} } };
};

const shorter = (trial: FaultedTrial): FaultedTrial => {
  const { curve } = trial.recovery;
  const cut = trial.block === 1 ? 3 : curve.resumed.length;
  const [attempts, accepted, resumed] = [curve.attempts, curve.accepted, curve.resumed].map(
    (bins) => bins.slice(0, cut),
  );
  return {
    ...trial,
    recovery: {
      ...trial.recovery,
      curve: { binNs: curve.binNs, attempts: attempts!, accepted: accepted!, resumed: resumed! },
    },
  };
};

describe('the arms of a fault', () => {
  test('give the median of their trials’ p50, with the lowest and the highest', () => {
    const { resumed, detect } = armOf({ edit: slower }).moments;
    expect(resumed!.p50Ns).toBeCloseTo(2 * 252.4 * NS_PER_MS, 0);
    expect(resumed!.lowNs).toBeCloseTo(252.4 * NS_PER_MS, 0);
    expect(resumed!.highNs).toBeCloseTo(3 * 252.4 * NS_PER_MS, 0);
    expect(resumed!.maxNs).toBeCloseTo(2 * 1.2 * 252.4 * NS_PER_MS, 0);
    expect(resumed).toMatchObject({ trials: 3, clients: 300 });
    expect(detect!.p50Ns).toBeCloseTo(0.4 * NS_PER_MS, 6);
  });

  test('add up what was counted, and leave out the burn-in', () => {
    const arm = armOf({ faults: ['unavailable'] });
    expect(arm).toMatchObject({
      arm: 'sse',
      title: 'SSE',
      trials: 3,
      attempts: 900,
      accepted: 300,
    });
    expect(arm.clients).toMatchObject({
      all: 300,
      hit: 300,
      noticed: 300,
      resumed: 300,
      neverBack: 0,
      whole: 300,
    });
    expect(arm.losses).toEqual({ ECONNRESET: 300 });
    expect(arm.attemptFailures).toEqual({ 'http-503': 600 });
    expect(arm.patterns).toEqual([{ events: ['read ECONNRESET', 'wait', 'open'], clients: 300 }]);
    expect(arm.tokens).toMatchObject({ lost: 0, replayed: 3 * 4301, dueAway: 3 * 4301 });
  });

  test('do not know what one of their trials does not know', () => {
    const arm = armOf({ edit: forgetful });
    expect(arm.tokens).toMatchObject({ replayed: undefined, replayedBytes: undefined });
    expect(arm.clients.hit).toBeUndefined();
    expect(arm.kernel.listenDrops).toBeUndefined();
  });

  test('draw a curve that ends with the share of clients that came back', () => {
    const { curve } = armOf({ faults: ['slow-reader'] });
    expect(curve.binNs).toBe(100 * NS_PER_MS);
    expect(curve.resumedShare.at(-1)).toBeCloseTo(0.2, 12);
    expect(curve.resumedShare.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 0));
    expect(
      curve.resumedShare.every((share, bin) => bin === 0 || share >= curve.resumedShare[bin - 1]!),
    ).toBe(true);
  });

  test('hold the mean over trials in each bin of the curve, and a trial that ended early keeps its clients', () => {
    const [whole, cut] = [armOf({}).curve, armOf({ edit: shorter }).curve];
    expect(whole.resumedShare.at(-1)).toBe(1);
    expect(cut.resumedShare.length).toBe(whole.resumedShare.length);
    // 201 to 300 ms: the first trial kept its first three bins, which hold all of its clients but
    // the last few.
    expect(cut.resumedShare.at(-1)).toBeGreaterThan(0.9);
    expect(cut.attempts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(100);
  });
});

describe('the heartbeat rule of a fault', () => {
  test('is two and a half intervals where clients watch for silence', () => {
    expect(faultOf({ faults: ['blackhole'] }).deadAfterNs).toBe(2500 * NS_PER_MS);
  });

  test('is none without heartbeats, and under a policy that does not watch', () => {
    expect(faultOf({ faults: ['idle-cut'] }).deadAfterNs).toBeUndefined();
    expect(
      faultOf({ faults: ['blackhole'], policies: ['as-specified'] }).deadAfterNs,
    ).toBeUndefined();
  });
});

test('there is one entry for every load point, though its trials failed', () => {
  const run = recoveryRun({
    faults: ['reset', 'kill'],
    connections: [10, 100],
    edit: (trial) => (trial.loadPoint.fault === 'kill' ? undefined : trial),
  });
  const { recovery } = analyse(run, recoveryReading);
  expect(
    recovery.faults.map(
      ({ loadPoint, arms }) => `${loadPoint.connections} ${loadPoint.fault}: ${arms.length}`,
    ),
  ).toEqual(['10 reset: 2', '10 kill: 0', '100 reset: 2', '100 kill: 0']);
});

test('faults that cannot be had here are passed on with their reason', () => {
  const absent = [{ fault: 'link-down', why: 'no privileges', remedy: 'run as root' }];
  expect(analyse(recoveryRun({ absent }), recoveryReading).recovery.absent).toEqual(absent);
});

test('the made-up runs are what a saved file may hold', () => {
  const { header, trials } = recoveryRun({
    faults: faultNames,
    policies: ['identical', 'as-specified'],
    blocks: 1,
  });
  expect(runHeaderSchema.parse(header)).toEqual(header);
  for (const trial of trials) expect(trialRecordSchema.parse(trial)).toEqual(trial);
});
