import { describe, expect, it } from 'vitest';
import type { CompletedTrial } from '../contract/run-file.ts';
import { NS_PER_US } from '../contract/units.ts';
import { fixtureRun, type FixtureOptions } from './analysis-fixture.ts';
import type { Analysis, LoadPointAnalysis } from './analysis.ts';
import { isMissed, judgeThresholds, type Threshold, type ThresholdResult } from './thresholds.ts';
import { analyseRun } from '../scenarios/readings.ts';

const METRIC = 'cpu.server.token';

function threshold(part: Partial<Threshold>): Threshold {
  return {
    text: 'cpu.server.token > 50us',
    arm: undefined,
    metric: METRIC,
    operator: '>',
    limit: 50 * NS_PER_US,
    ...part,
  };
}

const judged = (analysis: Analysis, part: Partial<Threshold> = {}): readonly ThresholdResult[] =>
  judgeThresholds(analysis, [threshold(part)]);

const analysisOf = (options: FixtureOptions = {}): Analysis => analyseRun(fixtureRun(options));

/** The analysis with parts of its first load point replaced. */
function withPoint(analysis: Analysis, part: Partial<LoadPointAnalysis>): Analysis {
  return {
    ...analysis,
    loadPoints: analysis.loadPoints.map((point, index) =>
      index === 0 ? { ...point, ...part } : point,
    ),
  };
}

/** The analysis with the given estimate for sse; ws is unchanged. */
function withEstimate(low: number | undefined, value: number, high: number | undefined): Analysis {
  const analysis = analysisOf();
  const summaries = analysis.loadPoints[0]!.summaries.map((summary) =>
    Object.assign(
      {},
      summary,
      summary.metric === METRIC && summary.arm === 'sse'
        ? { estimate: { value, low, high, trials: 12 } }
        : {},
    ),
  );
  return withPoint(analysis, { summaries });
}

function shortOfSamplesInBlock3(trial: CompletedTrial): CompletedTrial {
  const { deliveryScheduledNs } = trial.distributions;
  if (trial.block !== 3 || deliveryScheduledNs === undefined) return trial;
  return {
    ...trial,
    distributions: {
      ...trial.distributions,
      deliveryScheduledNs: { ...deliveryScheduledNs, effectiveCount: 300 },
    },
  };
}

describe('the side of the limit', () => {
  it.each([
    ['>', 9, 10, 11, 12, 'passed', true],
    ['>', 9, 10, 11, 10.5, 'passed', false],
    ['>', 9, 10, 11, 9.5, 'failed', false],
    ['>', 9, 10, 11, 8, 'failed', true],
    ['>', 10, 10, 10, 10, 'passed', true],
    ['>=', 10, 10, 10, 10, 'failed', true],
    ['<', 9, 10, 11, 12, 'failed', true],
    ['<', 9, 10, 11, 9.5, 'passed', false],
    ['<', 10, 10, 10, 10, 'passed', true],
    ['<=', 10, 10, 10, 10, 'failed', true],
    ['>', undefined, 10, undefined, 12, 'passed', false],
    ['>', undefined, 10, undefined, 8, 'failed', false],
  ] as const)(
    'fails if %s, interval %d to %d to %d, limit %d: %s, shown: %s',
    (operator, low, value, high, limit, outcome, isShown) => {
      const [result] = judged(withEstimate(low, value, high), { operator, limit, arm: 'sse' });
      expect(result).toMatchObject({ outcome, isShown, reason: undefined, estimate: { value } });
    },
  );

  it('a failure that is seen but not shown is still a miss', () => {
    const [result] = judged(withEstimate(9, 10, 11), { limit: 9.5, arm: 'sse' });
    expect([result!.isShown, isMissed(result!)]).toEqual([false, true]);
  });
});

describe('the arms', () => {
  const options = { transports: ['sse', 'ws', 'tcp'], connections: [10, 100] } as const;

  it('are all that are compared, at every load point', () => {
    expect(
      judged(analysisOf(options)).map(({ arm, loadPoint }) => [loadPoint.connections, arm]),
    ).toEqual([
      [10, 'sse'],
      [10, 'ws'],
      [100, 'sse'],
      [100, 'ws'],
    ]);
  });

  it('leave out the copy of an A/A pair', () => {
    const analysis = analysisOf();
    const [sse, ws] = analysis.loadPoints[0]!.arms;
    const arms = [sse!, ws!, { ...sse!, name: 'sse+copy', arm: { ...sse!.arm, label: 'copy' } }];
    expect(judged(withPoint(analysis, { arms })).map(({ arm }) => arm)).toEqual(['sse', 'ws']);
  });

  it('are the one that is named, the null arm too', () => {
    expect(judged(analysisOf(options), { arm: 'tcp' }).map(({ arm }) => arm)).toEqual([
      'tcp',
      'tcp',
    ]);
  });

  it('are never none, or the threshold would pass by judging nothing', () => {
    expect(judged(analysisOf({ transports: ['tcp'] })).map(({ arm }) => arm)).toEqual(['tcp']);
  });

  it('that are not in the run are a bug of the caller', () => {
    expect(() => judged(analysisOf(), { arm: 'quic' })).toThrow(
      'arm quic of a threshold must be in the plan',
    );
  });
});

describe('what cannot be judged does not pass', () => {
  it('an INVALID load point fails with the reason of its gate, whatever the value', () => {
    const results = judged(
      withPoint(analysisOf(), { invalid: ['C1 tokens lost'], harnessLimited: ['H2 busy'] }),
    );
    expect(results.map(({ outcome, reason, isShown }) => [outcome, reason, isShown])).toEqual([
      ['failed', 'INVALID: C1 tokens lost', false],
      ['failed', 'INVALID: C1 tokens lost', false],
    ]);
  });

  it('a HARNESS-LIMITED load point fails with the reason of its gate', () => {
    const [result] = judged(withPoint(analysisOf(), { harnessLimited: ['H2 busy'] }));
    expect(result).toMatchObject({ outcome: 'failed', reason: 'HARNESS-LIMITED: H2 busy' });
  });

  it('a control that two arms missed fails what depends on it in both of them, and lets the rest pass', () => {
    const missed = withPoint(analysisOf(), {
      missedControls: [
        { gate: 'H9ready', otherArm: 'ws', reason: 'H9ready 30 µs', voids: ['delivery.p50'] },
      ],
    });
    expect(judged(missed, { metric: 'delivery.p50', limit: 1e12 })).toMatchObject([
      { arm: 'sse', outcome: 'failed', reason: 'HARNESS-LIMITED: H9ready 30 µs' },
      { arm: 'ws', outcome: 'failed', reason: 'HARNESS-LIMITED: H9ready 30 µs' },
    ]);
    expect(judged(missed, { metric: 'cpu.server.token', limit: 1e12 })).toMatchObject([
      { arm: 'sse', outcome: 'passed' },
      { arm: 'ws', outcome: 'passed' },
    ]);
  });

  it('a metric that only some trials support is not measured, because the others went badly', () => {
    const [result] = judged(analysisOf({ edit: shortOfSamplesInBlock3 }), {
      metric: 'delivery.p99',
      limit: 1e12,
    });
    expect(result).toMatchObject({
      outcome: 'not-measured',
      estimate: undefined,
      reason: 'too few independent samples in 1 of 12 trials',
    });
    expect(isMissed(result!)).toBe(true);
  });

  it('a run in which no trial completed measured nothing', () => {
    const results = judged(analysisOf({ edit: () => undefined }));
    expect(results.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['not-measured', 'no trial completed'],
      ['not-measured', 'no trial completed'],
    ]);
  });

  it('a value that is not a number is not measured', () => {
    const [result] = judged(withEstimate(undefined, Number.NaN, undefined), { arm: 'sse' });
    expect(result).toMatchObject({ outcome: 'not-measured', reason: 'no value' });
  });
});
