import { describe, expect, it } from 'vitest';
import { subjectsOfArms } from '../../analysis/across/gate-subjects.ts';
import type { LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { FixtureOptions } from '../../analysis/analysis-fixture.ts';
import { joinRuns } from '../../analysis/occasions/join-runs.ts';
import { fairPairs } from '../../contract/arms/pairs.ts';
import type { Arm } from '../../contract/arms/arms.ts';
import { transports, type TransportId } from '../../contract/arms/transports.ts';
import type { CompletedTrial } from '../../contract/run-file.ts';
import { matrixAnalysis, matrixRun, matrixTransports, serverCpu } from './fixture.ts';
import { matrixReading } from './reading.ts';

type Compared = LoadPointAnalysis['comparisons'][number];

const comparisonsOf = (options?: FixtureOptions): readonly Compared[] =>
  matrixAnalysis(options).loadPoints.flatMap(({ comparisons }) => comparisons);

const declaredOf = (options?: FixtureOptions): readonly Compared[] =>
  comparisonsOf(options).filter(({ endpoint }) => endpoint !== undefined);

const pairOf = ({ baselineArm = 'sse', otherArm }: Compared): string =>
  `${otherArm} / ${baselineArm}`;

/** The name of the fixture's arm. */
const nameOf = (transport: TransportId): string =>
  ({ 'sse-h2': 'sse-h2:100', 'ws-mux': 'ws-mux:100' })[transport as string] ?? transport;

const everyPair = fairPairs.map(({ baseline, other }) => `${nameOf(other)} / ${nameOf(baseline)}`);

const titleOf = (transport: TransportId): string =>
  `${transports[transport].title}${nameOf(transport) === transport ? '' : ' (up to 100 a connection)'}`;

const noEffect = (): number => 1;

const arm = (own: Partial<Arm>): Arm => ({
  transport: 'sse',
  client: 'probe',
  path: 'direct',
  ...own,
});

/** The verdicts on server CPU with so many blocks, each once. */
const verdictsWith = (blocks: number): readonly string[] => [
  ...new Set(
    declaredOf({ blocks })
      .filter(({ metric }) => metric === 'cpu.server.token')
      .map(({ verdict }) => verdict.reason ?? verdict.kind),
  ),
];

/** The pairs that this metric of bytes compares, with the arm that needs fewer. */
const countedBy = (metric: string): readonly string[] =>
  comparisonsOf().flatMap((one) =>
    one.metric === metric ? [`${pairOf(one)}: ${one.verdict.favours}`] : [],
  );

/** Turns of the pacer are a fifth longer in one arm. */
const withSlowTurns =
  (transport: TransportId) =>
  (trial: CompletedTrial): CompletedTrial => {
    const { turnPeriodNs } = trial.distributions;
    if (trial.arm.transport !== transport || turnPeriodNs === undefined) return trial;
    const slow = { ...turnPeriodNs, mean: turnPeriodNs.mean * 1.2 };
    return { ...trial, distributions: { ...trial.distributions, turnPeriodNs: slow } };
  };

describe('the comparisons of all transports', () => {
  const declared = declaredOf();

  it('are the fair pairs and no others, each with three endpoints', () => {
    expect([...new Set(declared.map(pairOf))]).toEqual(everyPair);
    for (const pair of everyPair)
      expect(declared.filter((one) => pairOf(one) === pair).map(({ metric }) => metric)).toEqual([
        'ttft.overhead.p50',
        'delivery.ready.p50',
        'cpu.server.token',
      ]);
  });

  it('name their baseline where it is not that of the run', () => {
    const own = new Set(declared.flatMap(({ baselineArm }) => baselineArm ?? []));
    expect([...own]).toEqual(['sse-post', 'ws', 'sse-gzip', 'ws-deflate', 'ndjson', 'sse-h2:100']);
  });

  it('find what was put into each arm, between the two arms of each pair', () => {
    for (const { baseline, other } of fairPairs) {
      const truth = (serverCpu[other] ?? 1) / (serverCpu[baseline] ?? 1);
      const found = declared.find(
        (one) =>
          one.metric === 'cpu.server.token' &&
          pairOf(one) === `${nameOf(other)} / ${nameOf(baseline)}`,
      );
      // Five standard errors of a mean over 12 blocks with a deviation of 0.028.
      expect(found!.ratio!.value / truth).toBeGreaterThan(0.96);
      expect(found!.ratio!.value / truth).toBeLessThan(1.04);
      const isRelevant = Math.abs(truth - 1) > 0.06;
      expect(found!.verdict.favours).toBe(
        isRelevant ? (truth < 1 ? nameOf(other) : nameOf(baseline)) : undefined,
      );
    }
  });

  it('are one family: the smallest p is multiplied by the number of all of them', () => {
    const [smallest] = declared.toSorted((a, b) => a.signFlipP! - b.signFlipP!);
    expect(declared).toHaveLength(39);
    expect(smallest!.adjustedP).toBeCloseTo(39 * smallest!.signFlipP!, 10);
  });
});

it('equal arms make no pair better', () => {
  expect(
    declaredOf({ factor: noEffect }).filter(({ verdict }) => verdict.kind === 'better'),
  ).toEqual([]);
});

it('ten blocks are too few for 39 comparisons, and eleven are enough', () => {
  expect(verdictsWith(10)).toEqual([
    '10 blocks; with fewer than 11 nothing can pass the correction for all comparisons of this run',
  ]);
  expect(verdictsWith(11)).toContain('better');
});

it('with a part of the transports, only the pairs among them are compared and corrected for', () => {
  const declared = declaredOf({ transports: ['sse', 'sse-post', 'ndjson'] });
  expect([...new Set(declared.map(pairOf))]).toEqual(['sse-post / sse', 'ndjson / sse-post']);
  const [smallest] = declared.toSorted((a, b) => a.signFlipP! - b.signFlipP!);
  expect(smallest!.adjustedP).toBeCloseTo(6 * smallest!.signFlipP!, 10);
});

it('an arm that is in no pair is compared with the first, and the null arm gets no verdict', () => {
  const arms = [
    arm({}),
    arm({ transport: 'ws' }),
    arm({ writes: 'at-once' }),
    arm({ transport: 'ndjson' }),
    arm({ transport: 'tcp' }),
  ];
  const all = comparisonsOf({ plan: { arms } });
  expect([...new Set(all.map(pairOf))]).toEqual([
    'ws / sse',
    'sse+at-once / sse',
    'ndjson / sse',
    'tcp / sse',
  ]);
  const ofNullArm = all.filter(({ otherArm }) => otherArm === 'tcp');
  expect(new Set(ofNullArm.map(({ endpoint }) => endpoint))).toEqual(new Set([undefined]));
});

it('bytes are compared by the kernel’s count where an arm has no byte model, and not at all where nothing has left', () => {
  expect(countedBy('bytes.token')).toEqual([
    'ws / sse: ws',
    'ws / sse-post: ws',
    'sse-post / sse: undefined',
    'ndjson / sse-post: ndjson',
    'ws-binary / ws: undefined',
    'buffered / ndjson: buffered',
    'sse-h2:100 / sse: sse-h2:100',
    'ws-mux:100 / ws: ws',
    'ws-mux:100 / sse-h2:100: ws-mux:100',
  ]);
  expect(countedBy('bytes.token.tcp')).toEqual([
    'ws / sse: ws',
    'ws / sse-post: ws',
    'sse-post / sse: undefined',
    'ndjson / sse-post: ndjson',
    'ws-binary / ws: undefined',
    'sse-gzip / sse: sse-gzip',
    'ws-deflate / ws: ws-deflate',
    'ws-deflate / sse-gzip: undefined',
    'ws-deflate-no-takeover / ws-deflate: undefined',
  ]);
});

it('a control that fails between two arms limits the pairs of that arm, and no other one', () => {
  const { loadPoints } = matrixAnalysis({ edit: withSlowTurns('ws-deflate') });
  const [point] = loadPoints;
  const limited = point!.comparisons.filter(({ verdict }) => verdict.kind === 'harness-limited');
  const pairs = ['ws-deflate / ws', 'ws-deflate / sse-gzip', 'ws-deflate-no-takeover / ws-deflate'];
  expect([...new Set(limited.map(pairOf))]).toEqual(pairs);
  expect(limited[0]!.verdict.reason).toContain('H9period');
  expect(point!.harnessLimited).toEqual([]);
  expect(
    point!.missedControls!.map(({ otherArm, baselineArm }) => `${otherArm} / ${baselineArm}`),
  ).toEqual(pairs);
  // Kernel counts of the sockets stand, and numbers that share a turn do not.
  expect([...new Set(limited.map(({ metric }) => metric))]).toEqual([
    'ttft.overhead.p50',
    'delivery.ready.p50',
    'cpu.server.token',
    'bytes.token.wire',
  ]);
});

it('turns without a write are shorter, which is no fault of the harness', () => {
  const { loadPoints } = matrixAnalysis({ edit: withSlowTurns('buffered') });
  expect(
    loadPoints.map(({ harnessLimited, missedControls }) => [harnessLimited, missedControls]),
  ).toEqual([[[], undefined]]);
});

it('the fixture has every transport that the pairs are made of', () => {
  expect(new Set(fairPairs.flatMap(({ baseline, other }) => [baseline, other]))).toEqual(
    new Set(matrixTransports),
  );
});

it('what is judged of one run, such as by --fail-if-worse, is the same pairs', () => {
  const subjects = subjectsOfArms(matrixAnalysis(), matrixReading, 'one').filter(
    ({ metric }) => metric.id === 'cpu.server.token',
  );
  expect(subjects.map(({ subject }) => subject)).toEqual(
    fairPairs.map(({ baseline, other }) => `${nameOf(other)} against ${nameOf(baseline)}`),
  );
  expect(subjects.every(({ values }) => values.new.length === 12)).toBe(true);
});

it('runs of several occasions are joined pair by pair', () => {
  const runs = [1, 2, 3].map((seed) => matrixRun({ seed }));
  const found = joinRuns(runs, matrixReading).main.comparisons.filter(
    ({ metric }) => metric === 'cpu.server.token',
  );
  expect(found.map(({ otherTitle, baselineTitle }) => `${otherTitle} / ${baselineTitle}`)).toEqual(
    fairPairs.map(({ baseline, other }) => `${titleOf(other)} / ${titleOf(baseline)}`),
  );
  for (const [index, { baseline, other }] of fairPairs.entries())
    expect(found[index]!.ratio!.value).toBeCloseTo(
      (serverCpu[other] ?? 1) / (serverCpu[baseline] ?? 1),
      1,
    );
});
