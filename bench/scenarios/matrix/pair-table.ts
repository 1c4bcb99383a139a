// The table of the fair pairs: what each of them isolates, and what was found.

import type { Analysis, LoadPointAnalysis, PairNames } from '../../analysis/analysis.ts';
import { armName, type Arm } from '../../contract/arms/arms.ts';
import { fairPairOf } from '../../contract/arms/pairs.ts';
import { left, right, table, type Cell, type Table } from '../../report/blocks.ts';
import { formatDifferenceEstimate, formatRatio, UNKNOWN } from '../../report/format.ts';
import {
  armTitleOf,
  contendingPairs,
  pairTitle,
  verdictComparisons,
  type ArmComparison,
  type MetricText,
  type ReportContext,
} from '../../report/report-context.ts';
import { verdictTone } from '../../report/verdict-table.ts';
import { verdictLabel } from '../../report/verdict-words.ts';
import { BYTES } from './arm-table.ts';

/** One row a pair, one column an endpoint. */
export function pairTable({ analysis, metrics }: ReportContext, point: LoadPointAnalysis): Table {
  const declared = declaredOf(metrics);
  const titleOf = (arm: string): string => armTitleOf(analysis, arm);
  return table(
    [
      left('pair'),
      left('what it isolates'),
      ...declared.map(({ title }) => left(`${title} [95 % CI]`)),
      right('ratio of bytes per token'),
    ],
    contendingPairs(point).map((pair) => {
      const comparisons = verdictComparisons(point, pair);
      const effects = declared.map(({ id, unit }) => {
        const comparison = comparisons.find(({ metric }) => metric === id);
        return comparison === undefined
          ? UNKNOWN
          : `${effectText(comparison, unit)}: ${verdictText(comparison, titleOf)}`;
      });
      return [pairTitle(analysis, pair), isolatedBy(analysis, pair)].concat(
        effects,
        formatRatio(bytesOf(comparisons)?.ratio),
      );
    }),
  );
}

/** A terminal has one row a pair and endpoint, and arms by their names. */
export function narrowPairTable({ metrics }: ReportContext, point: LoadPointAnalysis): Table {
  return table(
    [left('fair pair'), left('endpoint'), right('effect [95 % CI]'), left('verdict')],
    contendingPairs(point).flatMap((pair) => {
      const comparisons = verdictComparisons(point, pair);
      return declaredOf(metrics).flatMap(({ id, title, unit }, index) => {
        const comparison = comparisons.find(({ metric }) => metric === id);
        if (comparison === undefined) return [];
        const verdict: Cell = {
          text: verdictText(comparison, (arm) => arm),
          tone: verdictTone(comparison),
        };
        return [
          [
            index === 0 ? pairOfNames(point, pair) : '',
            title.replace(/ p50$/, ''),
            effectText(comparison, unit),
            verdict,
          ],
        ];
      });
    }),
  );
}

/** `ws / sse` */
export function pairOfNames({ arms }: LoadPointAnalysis, pair: PairNames): string {
  return `${pair.otherArm} / ${pair.baselineArm ?? arms[0]?.name}`;
}

/** A clause that says what a pair shows; a pair that is not declared shows no single thing. */
export function isolatedBy(
  { plan, baseline }: Analysis,
  { otherArm, baselineArm = baseline }: PairNames,
): string {
  const armOf = (name: string): Arm | undefined => plan.arms.find((arm) => armName(arm) === name);
  const [first, other] = [armOf(baselineArm), armOf(otherArm)];
  const pair = first && other && fairPairOf({ baseline: first, other }, plan.payload);
  return pair?.isolates ?? 'no single thing: it is no fair pair';
}

/** The counted bytes of both arms, by the same metric. */
function bytesOf(comparisons: readonly ArmComparison[]): ArmComparison | undefined {
  return BYTES.map((id) => comparisons.find(({ metric }) => metric === id)).find(
    (comparison) => comparison !== undefined,
  );
}

function declaredOf(metrics: readonly MetricText[]): readonly MetricText[] {
  return metrics.filter(({ endpoint }) => endpoint !== undefined);
}

function effectText({ ratio, difference }: ArmComparison, unit: MetricText['unit']): string {
  return ratio === undefined ? formatDifferenceEstimate(difference, unit) : formatRatio(ratio);
}

function verdictText({ verdict, margin }: ArmComparison, titleOf: (arm: string) => string): string {
  return verdictLabel(verdict, titleOf, margin);
}
