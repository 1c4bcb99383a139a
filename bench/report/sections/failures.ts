// Lists the trials that failed: they are results, and are never left out.

import type { Analysis } from '../../analysis/analysis.ts';
import { formatCount } from '../format.ts';
import { left, right, section, table, type Block } from '../blocks.ts';
import { armTitleOf } from '../report-context.ts';

export function renderFailures(analysis: Analysis): readonly Block[] {
  const { failures, trials } = analysis;
  if (failures.length === 0)
    return section('Failures', [`None of the ${formatCount(trials.completed)} trials failed.`]);
  return section('Failures', [
    `${formatCount(failures.length)} of ${formatCount(trials.completed + trials.failed)} trials failed. A block in which a trial failed is left out of the comparisons that need that trial.`,
    table(
      [right('trial'), left('arm'), left('what happened'), left('what to do')],
      failures.map((failure) => [
        String(failure.trial),
        armTitleOf(analysis, failure.arm),
        failure.message,
        failure.hint ?? '',
      ]),
    ),
  ]);
}
