// Derives from a pilot how many blocks a run needs. Only the spread between blocks enters, never
// the effect, so that peeking is impossible and the number of blocks is fixed before anything was
// compared.

import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { MAX_BLOCKS, type PrecisionStop, type SavedRun } from '../contract/run-file.ts';
import type { PilotAnalysis, PilotEndpoint } from './analysis.ts';
import { trialsPerBlock } from './attempts.ts';
import { NO_MARGIN } from './compare.ts';
import { isFinished, selectMeasured, watchedArms } from './measured-trials.ts';
import type { Margin, Metric } from './metrics/metric.ts';
import { endpointsAt, endpointsOf, type ScenarioReading } from './scenario-reading.ts';
import { mean, standardDeviation } from './statistics/moments.ts';
import { fewestBlocks } from './statistics/multiplicity.ts';
import { LEAST_BLOCKS_TO_STOP } from './statistics/precision-stop.ts';
import { blocksNeeded, type BlocksNeeded } from './statistics/sample-size.ts';
import { stopScale, watchedMetrics } from './stopping.ts';
import { differencesOf, logarithmsOf, pairValues, type ValuePair } from './value-pairs.ts';
import { LEAST_BLOCKS } from './verdicts.ts';

/** undefined unless the run is a pilot. */
export function readPilot(run: SavedRun, reading: ScenarioReading): PilotAnalysis | undefined {
  const { plan, command } = run.header;
  if (plan.isPilot !== true) return undefined;
  const rows = describeRows(run, reading);
  // undefined stands for more blocks than are counted.
  const wanted = rows
    .filter(({ spread }) => spread !== undefined)
    .map((row) => wantedBlocks(row, plan.stop));
  const most = Math.max(
    LEAST_BLOCKS,
    ...wanted.map((blocks) => blocks ?? Number.POSITIVE_INFINITY),
  );
  const blocks = Math.min(MAX_BLOCKS, most);
  return {
    endpoints: rows,
    blocks,
    isCapped: most > MAX_BLOCKS,
    estimatedNs: estimateNs(run, blocks),
    command: commandFor(command, blocks),
  };
}

/**
 * The endpoints and all other metrics that the stopping rule watches, for every contender at every
 * load point.
 */
function describeRows(run: SavedRun, reading: ScenarioReading): readonly PilotEndpoint[] {
  const { stop } = run.header.plan;
  const places = selectMeasured(run).flatMap(({ loadPoint, arms }) => {
    const [baseline] = arms;
    if (baseline === undefined) return [];
    return watchedArms(arms).map((other) => {
      const place = { loadPoint, arms: [baseline.arm, other.arm] };
      const declared = endpointsAt(reading, place);
      const described = [
        ...new Set([
          ...declared,
          ...(stop === undefined ? [] : watchedMetrics(stop, reading, place)),
        ]),
      ];
      return { loadPoint, baseline, other, declared, described };
    });
  });
  const claims = places.reduce((sum, { declared }) => sum + declared.length, 0);
  const fewest = fewestBlocks(Math.max(claims, endpointsOf(reading).length));
  return places.flatMap(({ loadPoint, baseline, other, described }) =>
    described.map((metric): PilotEndpoint => {
      const pairs = pairValues(metric, baseline, other);
      const logarithms = logarithmsOf(metric, pairs);
      const spreads = { ratio: spreadOf(logarithms), absolute: spreadOf(differencesOf(pairs)) };
      const margin = metric.margin ?? NO_MARGIN;
      return {
        metric: metric.id,
        otherArm: other.name,
        connections: loadPoint.connections,
        loadPoint,
        blocks: pairs.length,
        spreadRatio: spreads.ratio,
        spread: spreads.absolute,
        margin,
        needed: neededFor(margin, spreads, fewest),
        neededForPrecision: stop && neededForPrecision(metric, pairs, stop),
      };
    }),
  );
}

function spreadOf(values: readonly number[] | undefined): number | undefined {
  return values === undefined || values.length < 2 ? undefined : standardDeviation(values);
}

/** A pair of spreads, or of margins. */
type Scales = Margin;

/** Negligible on either scale is negligible, so the scale that needs fewer blocks counts. */
function neededFor(margin: Margin, spreads: Scales, fewest: number): BlocksNeeded | undefined {
  const onRatio = neededOn(
    spreads.ratio,
    margin.ratio === undefined ? undefined : Math.log1p(margin.ratio),
  );
  const onDifference = neededOn(spreads.absolute, margin.absolute);
  const [easier] = [onRatio, onDifference]
    .flatMap((needed) => needed ?? [])
    .sort((a, b) => mostOf(a) - mostOf(b));
  if (easier === undefined) return undefined;
  const least = Math.max(LEAST_BLOCKS, fewest);
  return {
    difference: Math.max(least, easier.difference),
    equivalence: Math.max(least, easier.equivalence),
  };
}

function neededOn(
  spread: number | undefined,
  margin: number | undefined,
): BlocksNeeded | undefined {
  return spread === undefined || margin === undefined ? undefined : blocksNeeded(spread, margin);
}

function mostOf({ difference, equivalence }: BlocksNeeded): number {
  return Math.max(difference, equivalence);
}

/** The largest number of blocks that is computed: a run has no use for more. */
const COUNTED_BLOCKS = 1_000_000;

/** The fewest blocks whose 95 % interval would be as narrow as the stopping rule requires. */
function neededForPrecision(
  metric: Metric,
  pairs: readonly ValuePair[],
  stop: PrecisionStop,
): number | undefined {
  const { scale, values, limit } = stopScale(metric, pairs, stop);
  const spread = spreadOf(values);
  if (spread === undefined || limit === undefined) return undefined;
  const narrow = scale === 'ratio' ? Math.log1p(limit) : limit;
  const isEnough = (blocks: number): boolean =>
    (tQuantile(0.975, blocks - 1) * spread) / Math.sqrt(blocks) <= narrow;
  if (!isEnough(COUNTED_BLOCKS)) return undefined;
  let tooFew = LEAST_BLOCKS_TO_STOP - 1;
  let enough = COUNTED_BLOCKS;
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

/**
 * Blocks for the precision of the stopping rule if there is one, else for the margin; 0 for a
 * metric that the rule ignores.
 */
function wantedBlocks(row: PilotEndpoint, stop: PrecisionStop | undefined): number | undefined {
  if (stop === undefined) return row.needed && mostOf(row.needed);
  const isWatched = stop.metrics.length === 0 || stop.metrics.includes(row.metric);
  return isWatched ? row.neededForPrecision : 0;
}

/** Time of a run of so many blocks, burn-in included, at the pace of the pilot. */
function estimateNs({ header: { plan }, trials }: SavedRun, blocks: number): number | undefined {
  const completed = trials.filter(isFinished);
  if (completed.length === 0) return undefined;
  const perTrialNs = mean(completed.map(({ wallNs }) => wallNs)) + plan.cooldownNs;
  return (perTrialNs * trialsPerBlock(plan) * (plan.burnInBlocks + blocks)) / (plan.lanes ?? 1);
}

/**
 * The same command as a run of so many blocks: they suffice for the precision, so no stopping rule
 * is needed.
 */
function commandFor(command: string, blocks: number): string {
  const plain = command.replaceAll(/ --pilot(?= |$)| --(?:precision|max-time)[ =]\S+/g, '');
  const set = `--blocks ${blocks}`;
  return / --blocks[ =]\S+/.test(plain)
    ? plain.replace(/ --blocks[ =]\S+/, ` ${set}`)
    : `${plain} ${set}`;
}
