import { describe, expect, it } from 'vitest';
import { fixtureRun, type FixtureOptions } from '../../analysis/analysis-fixture.ts';
import { quantileGrid, type Distribution } from '../../contract/distribution.ts';
import type { CompletedTrial } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { renderHistograms } from './hgrm.ts';

/**
 * Points as plotFiles.html reads them: four fields, the first and the last of which are numbers.
 */
function plotted(text: string): readonly { readonly value: number; readonly inverse: number }[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/ +/))
    .filter((fields) => !fields[0]!.startsWith('#') && fields.length === 4)
    .map((fields) => ({
      value: Number.parseFloat(fields[0]!),
      inverse: Number.parseFloat(fields[3]!),
    }))
    .filter(({ value, inverse }) => !Number.isNaN(value) && !Number.isNaN(inverse));
}

const inverses = (text: string | undefined): number[] =>
  plotted(text!).map(({ inverse }) => inverse);

const meanLine = /^#\[Mean +=\s+([0-9.]+),\s+StdDeviation +=\s+([0-9.]+)/m;
const maxLine = /^#\[Max +=\s+([0-9.]+),\s+Total count +=\s+([0-9.]+)/m;

/** Samples 1 ms, 2 ms … `count` ms. */
function evenly(count: number, effectiveCount = count): Distribution {
  const values = quantileGrid.map((q) => Math.max(1, Math.ceil(q * count)) * NS_PER_MS);
  return { count, effectiveCount, mean: ((count + 1) / 2) * NS_PER_MS, values };
}

function textsOf(
  distributionOf: (trial: CompletedTrial) => Distribution | undefined,
  options: FixtureOptions = {},
): readonly string[] {
  const edit = (trial: CompletedTrial): CompletedTrial => {
    const deliveryScheduledNs = distributionOf(trial);
    return {
      ...trial,
      distributions: deliveryScheduledNs === undefined ? {} : { deliveryScheduledNs },
    };
  };
  return renderHistograms(fixtureRun({ blocks: 3, ...options, edit })).map(({ text }) => text);
}

describe('a percentile distribution', () => {
  it('has the quantiles in ms, the rank of each, and what HdrHistogram writes below', () => {
    const [text] = textsOf(() => evenly(1000));
    expect(plotted(text!).find(({ inverse }) => inverse === 10)).toEqual({
      value: 900,
      inverse: 10,
    });
    expect(text).toContain('\n  990.000000 0.990000000000        990         100.00\n');
    expect(text).toContain('\n 1000.000000 1.000000000000       1000\n#[Mean');
    expect(meanLine.exec(text!)?.[1]).toBe('500.500000');
    expect(maxLine.exec(text!)?.slice(1)).toEqual(['1000.000000', '1000']);
  });

  it('counts the samples up to a value that lies between two ranks', () => {
    const [text] = textsOf(() => evenly(999));
    expect(text).toContain('\n  990.000000 0.990000000000        990         100.00\n');
    expect(text).toContain('\n    1.000000 0.001000000000          1           1.00\n');
  });

  it('has about the standard deviation of its samples', () => {
    const [text] = textsOf(() => evenly(100_000));
    // The deviation of evenly spread samples is their range over √12; the steps of the grid lose
    // about 1 % of it.
    const exact = 100_000 / Math.sqrt(12);
    expect(Math.abs(Number(meanLine.exec(text!)?.[2]) / exact - 1)).toBeLessThan(0.02);
  });

  it('is the median over trials, so that one bad trial does not bend it', () => {
    const [calm] = textsOf(() => evenly(1000));
    const [shaken] = textsOf((trial) =>
      trial.block === 2
        ? { ...evenly(1000), values: evenly(1000).values.map((ns) => ns * 50) }
        : evenly(1000),
    );
    expect(plotted(shaken!)).toEqual(plotted(calm!));
  });

  it('leaves burn-in out', () => {
    expect(textsOf((trial) => (trial.burnIn ? evenly(9) : evenly(1000)))).toEqual(
      textsOf(() => evenly(1000)),
    );
  });

  it('ends where the trials no longer support a quantile, and has the maximum all the same', () => {
    const [text] = textsOf(() => evenly(40_000, 400));
    // p99 takes 368 independent samples, p99.5 takes 736.
    expect(plotted(text!).at(-1)).toEqual({ value: 39_600, inverse: 100 });
    expect(text).toContain('\n40000.000000 1.000000000000      40000\n');
  });

  it('begins with the same rows in every file, because plotters take the percentiles of all from the first', () => {
    const [few, many] = textsOf((trial) =>
      evenly(40_000, trial.arm.transport === 'sse' ? 400 : 40_000),
    );
    expect(inverses(many).slice(0, inverses(few).length)).toEqual(inverses(few));
    expect(inverses(many).length).toBeGreaterThan(inverses(few).length);
  });

  it('is one file for each arm and load point, in names that every file system takes', () => {
    const run = fixtureRun({ blocks: 1, connections: [10, 100] });
    const arms = run.header.plan.arms.map((arm) => ({ ...arm, client: 'library' as const }));
    const relabelled = {
      ...run,
      header: { ...run.header, plan: { ...run.header.plan, arms } },
      trials: run.trials.map((trial) =>
        Object.assign({}, trial, { arm: { ...trial.arm, client: 'library' as const } }),
      ),
    };
    expect(renderHistograms(relabelled).map(({ file }) => file)).toEqual([
      'histograms/sse-library-10-delivery.hgrm',
      'histograms/ws-library-10-delivery.hgrm',
      'histograms/sse-library-100-delivery.hgrm',
      'histograms/ws-library-100-delivery.hgrm',
    ]);
  });

  it('is not there without a completed trial that has one', () => {
    expect(
      textsOf((trial) => (trial.arm.transport === 'ws' ? undefined : evenly(1000))),
    ).toHaveLength(1);
    expect(renderHistograms(fixtureRun({ edit: () => undefined }))).toEqual([]);
  });
});
