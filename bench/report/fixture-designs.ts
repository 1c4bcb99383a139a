// Made-up analyses of runs that do not ask which transport to take, but how much noise there is, or
// how many blocks a comparison needs. Their numbers come from no measurement.

import type { Analysis } from '../analysis/analysis.ts';
import { armName } from '../contract/arms/arms.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { BLOCKS, fixtureArms, fixtureCopy, loadPoint, verdictOf } from './fixture-load-point.ts';
import { fullAnalysis } from './report-fixture.ts';

/**
 * One load point, measured until it was precise, with an A/A pair and two blocks that were measured
 * again.
 */
export function copyAnalysis(): Analysis {
  const full = fullAnalysis();
  const arms = [...fixtureArms, fixtureCopy];
  const stop = { ratio: 0.05, metrics: [], maxTimeNs: 1800 * NS_PER_S };
  return {
    ...full,
    name: 'aa',
    command:
      'streamduel run stream --connections 100 --aa --precision 5% --max-time 1800s --seed 7',
    plan: {
      ...full.plan,
      arms,
      loadPoints: [{ connections: 100 }],
      blocks: 60,
      stop,
      extraBlocks: 15,
    },
    copy: armName(fixtureCopy),
    loadPoints: [loadPoint(100, 1, arms)],
    trials: { planned: 60, completed: 60, failed: 0, burnIn: 4 },
    failures: [],
    warnings: [],
    blocks: { measured: BLOCKS, disturbed: 2 },
    stop: {
      isReached: true,
      reason: 'precision',
      blocks: BLOCKS,
      widest: {
        metric: 'delivery.p99',
        arm: 'ws',
        connections: 100,
        loadPoint: { connections: 100 },
        scale: 'ratio',
        halfWidth: 0.0473,
        limit: 0.05,
      },
    },
    repeats: [repeatedBlock(3, 12), repeatedBlock(7, 32)],
    withoutRepeats: {
      changed: [
        {
          connections: 100,
          loadPoint: { connections: 100 },
          otherArm: 'ws',
          metric: 'delivery.p50',
          verdict: verdictOf({ kind: 'better', favours: 'ws' }),
          verdictWithout: verdictOf({ kind: 'inconclusive' }),
        },
      ],
      stolen: [
        {
          otherArm: 'ws',
          difference: { value: 0.0021, low: -0.0034, high: 0.0076, trials: BLOCKS },
          p: 0.41,
        },
      ],
    },
  };
}

function repeatedBlock(block: number, firstTrial: number): Analysis['repeats'][number] {
  const [firstTrials, repeatTrials] = [firstTrial, firstTrial + 4].map((first) => [
    first,
    first + 1,
    first + 2,
    first + 3,
  ]);
  const miss = {
    id: 'N1',
    title: 'CPU stolen by the host',
    value: 0.094,
    limit: 0.02,
    unit: 'ratio',
  } as const;
  return {
    block,
    firstTrials: firstTrials ?? [],
    repeatTrials: repeatTrials ?? [],
    isUsed: true,
    misses: [
      {
        ...miss,
        trial: firstTrial + 1,
        arm: 'ws',
        connections: 100,
        loadPoint: { connections: 100 },
      },
    ],
  };
}

/** A run of nothing but SSE and its copy. */
export function equalArmsAnalysis(): Analysis {
  const full = fullAnalysis();
  const arms = [...fixtureArms.slice(0, 1), fixtureCopy];
  return {
    ...full,
    name: 'aa-only',
    command: 'streamduel run stream --transports sse --aa --connections 100 --seed 7',
    plan: { ...full.plan, arms, loadPoints: [{ connections: 100 }] },
    copy: armName(fixtureCopy),
    loadPoints: [loadPoint(100, 1, arms)],
    trials: { planned: 26, completed: 26, failed: 0, burnIn: 2 },
    failures: [],
    warnings: [],
  };
}

const PILOT_BLOCKS = 6;

/** A pilot of six blocks that says how many a precision of 5 % needs. */
export function pilotAnalysis(): Analysis {
  const full = fullAnalysis();
  const command =
    'streamduel run stream --connections 100 --blocks 6 --precision 5% --max-time 600s --pilot --seed 7';
  const spreads = [
    ['open.p50', 0.09, 55_000, 9, 9, 18],
    ['ttft.overhead.p50', undefined, 240_000, 9, 9, 10],
    ['delivery.p50', 0.17, 110_000, 27, 29, 52],
    ['delivery.p99', 0.7, 2_100_000, 122, 132, 813],
    ['cpu.server.token', 0.09, 1900, 29, 31, 18],
  ] as const;
  return {
    ...full,
    name: 'pilot',
    command,
    plan: {
      ...full.plan,
      loadPoints: [{ connections: 100 }],
      blocks: PILOT_BLOCKS,
      isPilot: true,
      stop: { ratio: 0.05, metrics: [], maxTimeNs: 600 * NS_PER_S },
    },
    loadPoints: full.loadPoints.slice(0, 1),
    trials: { planned: 21, completed: 21, failed: 0, burnIn: 3 },
    failures: [],
    warnings: [],
    blocks: { measured: PILOT_BLOCKS, disturbed: 0 },
    pilot: {
      endpoints: spreads.map(
        ([metric, spreadRatio, spread, difference, equivalence, neededForPrecision]) => ({
          metric,
          otherArm: 'ws',
          connections: 100,
          loadPoint: { connections: 100 },
          blocks: PILOT_BLOCKS,
          spreadRatio,
          spread,
          margin: { ratio: spreadRatio && 0.1, absolute: NS_PER_MS },
          needed: { difference, equivalence },
          neededForPrecision,
        }),
      ),
      blocks: 813,
      isCapped: false,
      estimatedNs: 39_000 * NS_PER_S,
      command: 'streamduel run stream --connections 100 --blocks 813 --seed 7',
    },
  };
}
