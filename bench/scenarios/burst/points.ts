// Groups the load points of scenario `burst` for its tables, sentences and charts: one group for
// each number of connections, ordered by how many tokens come at once.

import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { Estimate } from '../../analysis/statistics/estimate.ts';
import { formatCount } from '../../report/format.ts';
import type { ArmComparison } from '../../report/report-context.ts';

export interface BurstPoint {
  readonly tokensPerTick: number;
  readonly point: LoadPointAnalysis;
}

export interface BurstGroup {
  readonly connections: number;
  /** Ordered by rising number of tokens. */
  readonly points: readonly BurstPoint[];
}

export function burstGroups({ loadPoints }: Pick<Analysis, 'loadPoints'>): readonly BurstGroup[] {
  const groups = Map.groupBy(loadPoints, ({ loadPoint }) => loadPoint.connections);
  return [...groups].map(([connections, members]) => ({
    connections,
    points: members
      .map((point) => ({ tokensPerTick: point.loadPoint.tokensPerTick ?? 1, point }))
      .toSorted((a, b) => a.tokensPerTick - b.tokensPerTick),
  }));
}

/** Metric by which server CPU per token is compared. */
export const CPU_METRIC = 'cpu.server.token';

export function estimateAt(
  { point }: BurstPoint,
  arm: string,
  metric: string,
): Estimate | undefined {
  return point.summaries.find((summary) => summary.metric === metric && summary.arm === arm)
    ?.estimate;
}

/** Comparison of server CPU per token. */
export function cpuComparison({ point }: BurstPoint, otherArm: string): ArmComparison | undefined {
  return point.comparisons.find((one) => one.metric === CPU_METRIC && one.otherArm === otherArm);
}

/** `2`, `2 and 5`, `1, 2 and 5`. */
export function listCounts(counts: readonly number[], word: 'and' | 'or' = 'and'): string {
  const words = counts.map(formatCount);
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${words.join(', ')} ${word} ${last}`;
}
