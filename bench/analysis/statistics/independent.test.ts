import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { expect, test } from 'vitest';
import { andersonDarlingExponential } from './anderson-darling.ts';
import { hodgesLehmann } from './hodges-lehmann.ts';
import { mean } from './moments.ts';
import { benjaminiHochberg, holm } from './multiplicity.ts';
import { differenceNoiseFloor } from './noise-floor.ts';
import { orderEffect } from './order-effect.ts';
import { pairedEffect, tostP } from './paired-t.ts';
import { rankInterval } from './rank-interval.ts';
import { blocksNeeded } from './sample-size.ts';
import values from './scipy-values.json' with { type: 'json' };
import { signFlipP } from './sign-flip.ts';
import { effectiveCount } from './summarise-distribution.ts';
import { distanceFromUniform, judgeUniformity } from './uniformity.ts';

interface Check {
  readonly place: string;
  readonly actual: number | undefined;
  readonly expected: number;
}

/** Six digits; a tail probability is 1 less a sum, so below 1e-7 it has fewer. */
const RELATIVE = 1e-6;
const ABSOLUTE = 1e-13;

function disagreeing(checks: readonly Check[]): readonly Check[] {
  return checks.filter(({ actual, expected }) => {
    return !(
      Math.abs((actual ?? Number.NaN) - expected) <=
      Math.max(ABSOLUTE, RELATIVE * Math.abs(expected))
    );
  });
}

test('the quantiles of t are those of SciPy', () => {
  const checks = values.tQuantiles.map(({ q, degreesOfFreedom, quantile }) => ({
    place: `t(${q}, ${degreesOfFreedom})`,
    actual: tQuantile(q, degreesOfFreedom),
    expected: quantile,
  }));
  expect(disagreeing(checks)).toEqual([]);
});

test('effect, intervals and p-values of paired differences are those of SciPy and statsmodels', () => {
  expect(values.paired.length).toBeGreaterThanOrEqual(50);
  const checks = values.paired.flatMap(
    ({ differences, margin, interval95, interval90, ...numbers }, index): Check[] => {
      const effect = pairedEffect(differences);
      const actual: Record<keyof typeof numbers, number | undefined> = {
        mean: effect.mean,
        standardDeviation: effect.standardDeviation,
        standardError: effect.standardError,
        p: effect.p,
        tostP: tostP(effect, margin),
        hodgesLehmann: hodgesLehmann(differences),
        minimumDetectable: differenceNoiseFloor(differences)?.minimumDetectable,
        signFlipP: signFlipP(differences, 0),
      };
      const ends = [
        effect.interval95.low,
        effect.interval95.high,
        effect.interval90.low,
        effect.interval90.high,
      ];
      return [
        ...Object.entries(numbers).map(([name, expected]) => ({
          place: `${name} of set ${index}`,
          actual: actual[name as keyof typeof actual],
          expected,
        })),
        ...[...interval95, ...interval90].map((expected, end) => ({
          place: `end ${end} of set ${index}`,
          actual: ends[end],
          expected,
        })),
      ];
    },
  );
  expect(disagreeing(checks)).toEqual([]);
});

test('the sampled sign-flip p comes as close to the exact one as its sample allows', () => {
  for (const [index, { differences, signFlipP: p }] of values.sampledSignFlip.entries()) {
    // Four standard errors of a sample of 100 000.
    expect(Math.abs(signFlipP(differences, index) - p)).toBeLessThan(
      4 * Math.sqrt((p * (1 - p)) / 100_000),
    );
  }
});

test('p-values adjusted by Holm and by Benjamini and Hochberg are those of statsmodels', () => {
  const checks = values.adjusted.flatMap((set, index) => {
    const [strict, lax] = [holm(set.ps), benjaminiHochberg(set.ps)];
    return set.ps.flatMap((_, at): Check[] => [
      { place: `Holm ${at} of set ${index}`, actual: strict[at], expected: set.holm[at]! },
      {
        place: `Benjamini–Hochberg ${at} of set ${index}`,
        actual: lax[at],
        expected: set.benjaminiHochberg[at]!,
      },
    ]);
  });
  expect(disagreeing(checks)).toEqual([]);
});

test('as many blocks are needed as a search through all numbers of blocks with quantiles of SciPy finds', () => {
  for (const { deviation, margin, difference, equivalence } of values.blocksNeeded) {
    expect(blocksNeeded(deviation, margin), `deviation ${deviation}, margin ${margin}`).toEqual({
      difference,
      equivalence,
    });
  }
});

test('the ranks that bound a quantile are those of the binomial distribution of SciPy', () => {
  for (const { count, q, lower, upper } of values.rankIntervals) {
    expect(rankInterval(count, q), `${q}-quantile of ${count}`).toEqual({ lower, upper });
  }
});

test('the Anderson–Darling statistic is that of SciPy', () => {
  const checks = values.andersonDarling.map(({ gaps, statistic }, index) => ({
    place: `set ${index}`,
    actual: andersonDarlingExponential(gaps),
    expected: statistic,
  }));
  expect(disagreeing(checks)).toEqual([]);
});

test('the order effect and its interval are those of a regression by statsmodels', () => {
  const checks = values.orderEffects.flatMap(
    ({ differences, baselineFirst, gamma, low, high }, index): Check[] => {
      const effect = orderEffect(
        differences.map((difference, at) => ({ difference, baselineFirst: baselineFirst[at]! })),
      );
      return [
        { place: `γ of set ${index}`, actual: effect?.gamma, expected: gamma },
        { place: `low end of set ${index}`, actual: effect?.low, expected: low },
        { place: `high end of set ${index}`, actual: effect?.high, expected: high },
      ];
    },
  );
  expect(disagreeing(checks)).toEqual([]);
});

test('a series counts for as many samples as the autocorrelation by statsmodels leaves it', () => {
  const checks = values.autocorrelated.map(({ series, effectiveCount: expected }, index) => ({
    place: `series ${index}`,
    actual: effectiveCount(Float64Array.from(series), mean(series)),
    expected,
  }));
  expect(disagreeing(checks)).toEqual([]);
});

test('the Kolmogorov–Smirnov distance is that of SciPy, its p within 0.0006 of the exact one', () => {
  const judged = values.uniformity.map(({ ps }) => judgeUniformity(ps));
  const checks = values.uniformity.map(({ ps, distance }, index) => ({
    place: `set ${index}`,
    actual: distanceFromUniform(ps),
    expected: distance,
  }));
  expect(disagreeing(checks)).toEqual([]);
  for (const [index, { p }] of values.uniformity.entries()) {
    expect(Math.abs((judged[index]?.uniformityP ?? Number.NaN) - p), `set ${index}`).toBeLessThan(
      0.0006,
    );
  }
  expect(judged.map(({ tooManyFrom }) => tooManyFrom)).toEqual(
    values.uniformity.map(({ tooManyFrom }) => tooManyFrom),
  );
});
