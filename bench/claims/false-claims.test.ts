// Equal arms must not be told apart: over simulated runs whose arms do not differ, a claim is
// supported or refuted, or any meaning of it is, in at most one case in twenty, however many runs
// are read.

import { expect, test } from 'vitest';
import type { Analysis, Verdict } from '../analysis/analysis.ts';
import { fewestByChance, mostByChance } from '../analysis/simulation/chance.ts';
import { normal } from '../analysis/simulation/noise.ts';
import {
  judgeExperiment,
  simulateExperiment,
  type ExperimentOptions,
} from '../analysis/simulation/simulated-experiment.ts';
import { deriveSeed, seededDraw, type Draw } from '../contract/random.ts';
import { claims } from './claims.ts';
import type { ClaimReading, EvidenceRun } from './claim-reading.ts';
import { madeRun } from './evidence-fixture.ts';
import { readClaim } from './read-claim.ts';

const EXPERIMENTS = 2000;
/** Exact intervals take longer. */
const SIGNED = 800;
const SEED = 20_260_301;

/** All that W2 reads of steady streams. */
const endpoints = ['ttft.overhead.p50', 'delivery.p50', 'delivery.ready.p50'] as const;
const baselineNs = 1_000_000;

const truths = (ratio: number): ExperimentOptions['truths'] =>
  new Map(endpoints.map((id) => [id, { baseline: baselineNs, ratio }]));

/** So noisy that the margins are nothing beside it: a difference that is found lies beyond them. */
const equalArms: ExperimentOptions = {
  truths: truths(1),
  blocks: 12,
  noise: normal,
  noiseSigma: 3,
};

const template = madeRun({ options: { blocks: 2 } });

/** A run of steady streams with simulated comparisons. */
function simulatedRun(options: ExperimentOptions, seed: number): EvidenceRun {
  const [point] = template.analysis.loadPoints;
  const comparisons = judgeExperiment(simulateExperiment(options, seed), seed);
  const analysis: Analysis = {
    ...template.analysis,
    loadPoints: [{ ...point!, gates: [], comparisons }],
  };
  return { ...template, folder: `reports/${seed}`, analysis };
}

const claimOfId = (id: string) => claims.find((claim) => claim.id === id)!;

const isClaimed = ({ verdict, meanings }: ClaimReading): boolean =>
  verdict === 'supported' ||
  verdict === 'refuted' ||
  meanings.some(({ bearing }) => ['supports', 'refutes', 'mixed'].includes(bearing));

/** Judged experiments take long, so these are few; what runs do together is simulated below. */
const JUDGED = 60;

function countJudged(options: ExperimentOptions): number {
  return Array.from({ length: JUDGED }, (_, experiment) => {
    const runs = [0, 1].map((run) => simulatedRun(options, deriveSeed(SEED, experiment, run)));
    return readClaim(claimOfId('W2'), runs, { scenarios: {} });
  }).filter(isClaimed).length;
}

test('of equal arms, trials that were judged as a run is are claimed to differ as seldom as they may', () => {
  expect(countJudged(equalArms), `seed ${SEED}`).toBeLessThanOrEqual(mostByChance(0.05, JUDGED));
});

test('of arms that differ, the same reading claims it nearly always', () => {
  const differing = { ...equalArms, noiseSigma: 0.1, truths: truths(0.4) };
  expect(countJudged(differing)).toBeGreaterThan(0.95 * JUDGED);
});

/** A run of equal arms, which is wrong in one case in twenty: its p is uniform. */
function uniformRun(draw: Draw, folder: string): EvidenceRun {
  const [point] = template.analysis.loadPoints;
  const [like] = point!.comparisons;
  const p = draw();
  const favours = draw() < 0.5 ? 'sse' : 'ws';
  const verdict: Verdict = {
    kind: p < 0.05 ? 'better' : 'inconclusive',
    favours: p < 0.05 ? favours : undefined,
    differenceDetected: false,
    reason: undefined,
    blocksNeeded: undefined,
  };
  const comparisons = [{ ...like!, adjustedP: p, verdict }];
  const loadPoints = [{ ...point!, gates: [], comparisons }];
  return { ...template, folder, analysis: { ...template.analysis, loadPoints } };
}

test.each([1, 3, 12])(
  'of equal arms, %i runs together claim something in at most one case in twenty',
  (count) => {
    const claimed = Array.from({ length: EXPERIMENTS }, (_, experiment) => {
      const draw = seededDraw(deriveSeed(SEED, experiment));
      const runs = Array.from({ length: count }, (_run, run) => uniformRun(draw, `reports/${run}`));
      return readClaim(claimOfId('W2'), runs, { scenarios: {} });
    }).filter(isClaimed).length;
    expect(claimed, `seed ${SEED}`).toBeLessThanOrEqual(mostByChance(0.05, EXPERIMENTS));
    // Bonferroni wastes little here: at least 1 − (1 − 0.05/12)¹² of cases.
    expect(claimed).toBeGreaterThanOrEqual(fewestByChance(0.048, EXPERIMENTS));
  },
);

/** Blocks of equal arms in which either may be higher, at two loads. */
function herdOfEqualArms(seed: number, loads: readonly number[]): EvidenceRun {
  const draw = seededDraw(seed);
  const [point] = template.analysis.loadPoints;
  const { plan } = template.analysis;
  const [like] = point!.comparisons;
  const pairs = () =>
    Array.from({ length: 12 }, (_, block) => ({
      block,
      baseline: draw(),
      other: draw(),
      baselineFirst: true,
    }));
  const loadPoints = loads.map((connections) => ({
    ...point!,
    loadPoint: { connections, fault: 'kill' as const, policy: 'as-specified' as const },
    gates: [],
    comparisons: [{ ...like!, metric: 'attempts.peak', pairs: pairs() }],
  }));
  return {
    folder: 'reports/herd',
    metrics: [{ id: 'attempts.peak', title: 'Most attempts', unit: 'count', better: 'lower' }],
    analysis: { ...template.analysis, plan: { ...plan, scenario: 'herd' }, loadPoints },
  };
}

function countSigned(loads: readonly number[]): number {
  return Array.from({ length: SIGNED }, (_, experiment) =>
    readClaim(claimOfId('S2c'), [herdOfEqualArms(deriveSeed(SEED, experiment), loads)], {
      scenarios: {},
    }),
  ).filter(isClaimed).length;
}

test.each([[[500, 2000]], [[500, 2000, 5000]]])(
  'signs of equal arms over blocks claim nothing at loads %j',
  (loads) => {
    expect(countSigned(loads), `seed ${SEED}`).toBeLessThanOrEqual(mostByChance(0.05, SIGNED));
  },
);

test('signs at one load claim something as often as an exact test of twelve may: 2 · 79 in 4096', () => {
  const claimed = countSigned([500]);
  expect(claimed, `seed ${SEED}`).toBeLessThanOrEqual(mostByChance(158 / 4096, SIGNED));
  expect(claimed, `seed ${SEED}`).toBeGreaterThanOrEqual(fewestByChance(158 / 4096, SIGNED));
});
