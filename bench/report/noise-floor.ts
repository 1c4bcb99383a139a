// Renders the A/A pair as a table: the difference of two equal arms, and the smallest one that an
// equally noisy comparison detects.

import type { Analysis, LoadPointAnalysis } from '../analysis/analysis.ts';
import type { MetricUnit } from '../analysis/metrics/metric.ts';
import type { NoiseFloor } from '../analysis/measured-trials.ts';
import { fewestBlocks } from '../analysis/statistics/multiplicity.ts';
import { loadPointTitle } from '../contract/load-point.ts';
import {
  formatCount,
  formatDifferenceEstimate,
  formatP,
  formatPercent,
  formatRatio,
  formatValue,
  UNKNOWN,
} from './format.ts';
import { left, right, table, type Table } from './blocks.ts';
import { metricText, type ReportContext } from './report-context.ts';
import type { RunReport } from './scenario-parts.ts';
import { formatHalfWidth } from './verdict-table.ts';

interface LabelledFloor {
  readonly label: string;
  readonly floor: NoiseFloor;
}

/**
 * Labels are the endpoints of one load point or, for several load points with one endpoint each,
 * the load points.
 */
function labelledFloors(
  { metrics }: ReportContext,
  points: readonly LoadPointAnalysis[],
): readonly LabelledFloor[] {
  return points.flatMap(({ loadPoint, noiseFloors }) =>
    noiseFloors.map((floor) => ({
      label:
        points.length > 1 ? loadPointTitle(loadPoint) : metricText(metrics, floor.metric).title,
      floor,
    })),
  );
}

function labelHeading(points: readonly LoadPointAnalysis[]): string {
  return points.length > 1 ? 'load point' : 'endpoint';
}

/**
 * Tables of a run: one for each load point or, where these are many, a single one with a row for
 * each.
 */
export function noiseFloorTables({
  analysis: { loadPoints },
  parts,
}: RunReport): readonly (readonly LoadPointAnalysis[])[] {
  return parts.hasManyPoints === true ? [loadPoints] : loadPoints.map((point) => [point]);
}

/** Empty without an A/A pair. */
export function noiseFloorTable(
  context: ReportContext,
  points: readonly LoadPointAnalysis[],
): Table {
  const { metrics } = context;
  return table(
    [
      left(labelHeading(points)),
      right('copy against baseline [95 % CI]', { narrow: 'copy against baseline' }),
      right('half-width'),
      right('smallest difference found (80 % power)', { narrow: 'smallest detectable' }),
      right('p (Holm)', { narrow: 'p' }),
      left('claim'),
    ],
    labelledFloors(context, points).map(({ label, floor }) => {
      const { unit } = metricText(metrics, floor.metric);
      return [
        label,
        pairEstimate(floor, unit),
        withSign(formatHalfWidth(floor, unit)),
        formatDetectable(floor, unit),
        formatP(floor.adjustedP),
        { text: claimWords(floor), isStrong: floor.claims, tone: floor.claims ? 'bad' : undefined },
      ];
    }),
  );
}

/** One sentence; undefined when the pair was not measured anywhere. */
export function claimsSentence({ loadPoints }: Analysis): string | undefined {
  const family = loadPoints.flatMap(({ noiseFloors }) => noiseFloors);
  const measured = family.filter(({ adjustedP }) => adjustedP !== undefined);
  if (measured.length === 0) return undefined;
  const claims = measured.filter((floor) => floor.claims).length;
  const blocks = Math.max(...measured.map((floor) => floor.blocks));
  const expectation =
    blocks < fewestBlocks(family.length)
      ? `with ${formatCount(blocks)} blocks none can`
      : 'none is expected, and by chance at most 5 % of runs have any';
  return `${formatCount(claims)} of ${formatCount(measured.length)} endpoints ${claims === 1 ? 'claims' : 'claim'} a difference between equal arms; ${expectation}.`;
}

/** The ratio if there is one, else the difference. */
function pairEstimate({ ratio, difference }: NoiseFloor, unit: MetricUnit): string {
  return ratio === undefined ? formatDifferenceEstimate(difference, unit) : formatRatio(ratio);
}

function formatDetectable(
  { minimumDetectableRatio, minimumDetectable }: NoiseFloor,
  unit: MetricUnit,
): string {
  return minimumDetectableRatio === undefined
    ? formatValue(minimumDetectable, unit)
    : formatPercent(minimumDetectableRatio, 2);
}

function claimWords({ claims, adjustedP }: NoiseFloor): string {
  if (adjustedP === undefined) return 'not measured';
  return claims ? 'a difference' : 'none';
}

function withSign(half: string): string {
  return half === UNKNOWN ? half : `±${half}`;
}
