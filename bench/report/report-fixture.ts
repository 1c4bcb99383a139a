// A made-up analysis for the tests of this folder: two load points, three arms, every kind of
// verdict. Its numbers come from no measurement.

import stringWidth from 'string-width';
import type { Analysis, LoadPointAnalysis } from '../analysis/analysis.ts';
import { MIB, NS_PER_S } from '../contract/units.ts';
import {
  BLOCKS,
  fixtureArms,
  loadPoint,
  verdictOf,
  type PartialVerdict,
} from './fixture-load-point.ts';
import type { ArmComparison } from './report-context.ts';

export function fullAnalysis(): Analysis {
  return {
    schema: 1,
    streamduel: '0.1.0',
    name: 'stream',
    startedAt: '2026-03-01T09:30:00.000Z',
    command: 'streamduel run stream --connections 100,1000 --blocks 12 --seed 7',
    plan: {
      scenario: 'stream',
      preset: 'standard',
      arms: [...fixtureArms],
      loadPoints: [{ connections: 100 }, { connections: 1000 }],
      workload: {
        name: 'chat',
        tokensPerStream: 150,
        tokensPerSecond: 20,
        gaps: { kind: 'lognormal', sigma: 0.3 },
        firstTokenMedianMs: 200,
        firstTokenSigma: 0.5,
        segments: [],
        tokenFile: 'bench/workloads/tokens.json',
        tokensSha256: 'a'.repeat(64),
      },
      payload: 'lean',
      blocks: BLOCKS,
      burnInBlocks: 1,
      warmupNs: 3 * NS_PER_S,
      windowNs: 10 * NS_PER_S,
      drainNs: 5 * NS_PER_S,
      cooldownNs: NS_PER_S,
      backpressureBytes: MIB,
      seed: 7,
      pin: false,
      keepStamps: false,
      verdicts: true,
    },
    planSha256: 'b'.repeat(64),
    environment: {
      node: '24.21.0',
      v8: '13.6.233',
      os: 'Linux 6.18 x64',
      cpuModel: 'Example CPU',
      cpus: 2,
      memoryBytes: 8192 * MIB,
      virtualised: 'kvm',
      settings: { clocksource: 'tsc', 'net.ipv4.tcp_congestion_control': 'cubic' },
      packages: { fastify: '5.12.8', ws: '8.23.0' },
      lockfileSha256: 'c'.repeat(64),
      gitCommit: '0123456789abcdef',
      fileDescriptorLimit: 1_048_576,
      tools: { ss: 'iproute2-6.1.0' },
    },
    baseline: 'sse',
    copy: undefined,
    loadPoints: [loadPoint(100, 1), loadPoint(1000, 1.8)],
    trials: { planned: 78, completed: 77, failed: 1, burnIn: 6 },
    failures: [
      {
        trial: 41,
        arm: 'ws',
        message: 'the client process was silent for 20 s',
        hint: 'look at stderr of the trial',
      },
    ],
    isComplete: true,
    blocks: { measured: BLOCKS, disturbed: 1 },
    repeats: [],
    withoutRepeats: undefined,
    stop: undefined,
    pilot: undefined,
    setup: [
      'environmentPadding',
      'hashSeed',
      'randomSeed',
      'workingDirectory',
      'serverFirst',
      'port',
    ],
    costNs: { wall: 1320 * NS_PER_S, medianTrialOverhead: 1.4 * NS_PER_S },
    warnings: [
      { code: 'failed-trials', message: '1 of 78 trials failed; their blocks are left out' },
    ],
  };
}

/** The second load point is INVALID, the first HARNESS-LIMITED, and the run was interrupted. */
export function invalidAnalysis(): Analysis {
  const full = fullAnalysis();
  return {
    ...full,
    isComplete: false,
    trials: { ...full.trials, completed: 60 },
    loadPoints: full.loadPoints.map((point, index) =>
      index === 1 ? invalid(point) : harnessLimited(point),
    ),
  };
}

function invalid(point: LoadPointAnalysis): LoadPointAnalysis {
  const reason = '3 tokens lost over WebSocket';
  return {
    ...point,
    invalid: [reason],
    comparisons: point.comparisons.map((one) => voided(one, { kind: 'invalid', reason })),
  };
}

function harnessLimited(point: LoadPointAnalysis): LoadPointAnalysis {
  const reason = 'client busier than 70 %';
  return {
    ...point,
    harnessLimited: [reason],
    comparisons: point.comparisons.map((one) => voided(one, { kind: 'harness-limited', reason })),
  };
}

function voided(comparison: ArmComparison, verdict: PartialVerdict): ArmComparison {
  const sentence =
    comparison.endpoint === undefined
      ? ''
      : `${comparison.endpoint}: no verdict (${verdict.kind}).`;
  return { ...comparison, verdict: verdictOf(verdict), sentence };
}

/** A run too short for verdicts: three blocks of two seconds, one load point. */
export function smokeAnalysis(): Analysis {
  const full = fullAnalysis();
  const plan = {
    preset: 'smoke',
    blocks: 3,
    windowNs: 2 * NS_PER_S,
    verdicts: false,
    payload: 'openai' as const,
  };
  return {
    ...full,
    name: 'smoke',
    command: 'streamduel run --preset smoke',
    plan: { ...full.plan, ...plan, loadPoints: [{ connections: 100 }] },
    trials: { planned: 9, completed: 9, failed: 0, burnIn: 0 },
    failures: [],
    warnings: [],
    loadPoints: full.loadPoints.slice(0, 1).map((point) => withoutVerdicts(point)),
  };
}

function withoutVerdicts(point: LoadPointAnalysis): LoadPointAnalysis {
  return { ...point, comparisons: point.comparisons.map((one) => withheld(one)) };
}

function withheld(comparison: ArmComparison): ArmComparison {
  const { ratio } = comparison;
  return {
    ...voided(comparison, { kind: 'withheld', reason: 'measured too short' }),
    ratio: ratio && { ...ratio, low: undefined, high: undefined },
    adjustedP: undefined,
    sentence: '',
  };
}

/** Columns of the widest line of a text. */
export function widthOf(text: string): number {
  return Math.max(...text.split('\n').map((line) => stringWidth(line)));
}
