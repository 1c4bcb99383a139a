// Says of each pair of arms that missed a negative control what is void between them, and what stands.

import type { LoadPointAnalysis, MissedControl } from '../analysis/analysis.ts';
import { metricText, pairTitle, verdictComparisons, type ReportContext } from './report-context.ts';

export const LIMITED_IN_PART = 'HARNESS-LIMITED in part';

export interface LimitedPair {
  /** `WebSocket with deflate against WebSocket` */
  readonly title: string;
  /** The controls that were missed, each with its numbers. */
  readonly reasons: readonly string[];
  /** Titles of the compared metrics that depend on one of them, and of the others. */
  readonly voids: readonly string[];
  readonly stands: readonly string[];
}

export function limitedPairs(
  { analysis, metrics }: ReportContext,
  point: LoadPointAnalysis,
): readonly LimitedPair[] {
  const byPair = Map.groupBy(point.missedControls ?? [], (control) => pairTitle(analysis, control));
  return [...byPair].map(([title, controls]) => {
    const [pair] = controls as [MissedControl];
    const compared = verdictComparisons(point, pair).map(({ metric }) => metric);
    const isVoid = (metric: string): boolean =>
      controls.some(({ voids }) => voids.includes(metric));
    return {
      title,
      reasons: controls.map(({ reason }) => reason),
      voids: titlesOf(metrics, compared.filter(isVoid)),
      stands: titlesOf(
        metrics,
        compared.filter((metric) => !isVoid(metric)),
      ),
    };
  });
}

function titlesOf(metrics: ReportContext['metrics'], ids: readonly string[]): readonly string[] {
  return ids.map((id) => metricText(metrics, id).title);
}

/** `no verdict between them on A and B; C and D stand` */
export function limitedWords({ voids, stands }: LimitedPair): string {
  if (voids.length === 0) return 'no verdict between them depends on it';
  return `no verdict between them on ${conjunction(voids)}${stands.length === 0 ? '' : `; ${conjunction(stands)} ${stands.length === 1 ? 'stands' : 'stand'}`}`;
}

const enumeration = new Intl.ListFormat('en-GB', { type: 'conjunction' });

function conjunction(titles: readonly string[]): string {
  return enumeration.format(titles);
}
