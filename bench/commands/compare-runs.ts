// Compares saved runs, or the arms of one: the part of `compare` that handles a single scenario.

import { join } from 'node:path';
import { compareRuns } from '../analysis/across/compare-runs.ts';
import { gatherRuns } from '../analysis/across/gather-runs.ts';
import { subjectsOfArms, subjectsOfRuns } from '../analysis/across/gate-subjects.ts';
import { rebase } from '../analysis/across/rebase.ts';
import {
  judgeRegressions,
  type GateResult,
  type RegressionGate,
} from '../analysis/across/regression-gates.ts';
import { loadRun } from '../analysis/load-run.ts';
import { isUnderComparison } from '../analysis/thresholds.ts';
import { armName } from '../contract/arms/arms.ts';
import { BenchError } from '../contract/errors.ts';
import type { SavedRun } from '../contract/run-file.ts';
import { pickName } from '../plan/quantities.ts';
import { renderGates, renderGatesText } from '../report/across/gates.ts';
import { planChanges } from '../report/across/change-charts.ts';
import { comparisonBlocks } from '../report/across/comparison.ts';
import { renderCharts, renderPlans } from '../report/charts/render-charts.ts';
import type { PageChart } from '../report/page/render-page.ts';
import { allCharts, renderPageViews } from '../report/page/page-views.ts';
import { renderComparisonText } from '../report/across/text.ts';
import { flow, type Block } from '../report/blocks.ts';
import { reportBlocks } from '../report/report.ts';
import { renderTerminal } from '../report/terminal.ts';
import type { Paint } from '../report/paint.ts';
import { reportOf } from '../scenarios/parts.ts';
import { allMetrics, analyseRun, readings } from '../scenarios/readings.ts';
import { trialViewsOf } from './trial-views.ts';

export interface Compared {
  readonly gates: readonly GateResult[];
  readonly text: () => string;
  readonly blocks: () => readonly Block[];
  /** For a page: the blocks with figures, and the charts that these are of. */
  readonly illustrated: () => Promise<Illustrated>;
  /** The value printed as JSON. */
  readonly value: object;
}

interface Illustrated {
  readonly blocks: readonly Block[];
  readonly charts: readonly PageChart[];
}

export interface CompareOptions {
  readonly gates: readonly RegressionGate[];
  readonly paint: Paint;
  /**
   * Only with one run: the arm with which the others are compared; undefined for the plan's first.
   */
  readonly baseline: string | undefined;
}

/**
 * Compares the first run with itself, arm by arm, or with all further ones. @throws BenchError
 * USAGE for runs that cannot be compared.
 */
export function compareRunFolders(
  [first, ...others]: readonly [string, ...string[]],
  options: CompareOptions,
): Compared {
  const old = loadRun(first);
  return others.length === 0
    ? compareArms(old, options)
    : compareWithOld(old, others.map(loadRun), options);
}

function compareWithOld(
  old: SavedRun,
  others: readonly SavedRun[],
  { gates, paint }: CompareOptions,
): Compared {
  const gathered = gatherRuns(old, others, readings[old.header.plan.scenario]);
  const comparison = compareRuns(gathered);
  const results = judgeRegressions(gates, subjectsOfRuns(gathered));
  return {
    gates: results,
    text: () => renderComparisonText(comparison, { metrics: allMetrics, gates: results, paint }),
    blocks: () => comparisonBlocks(comparison, { metrics: allMetrics, gates: results }),
    illustrated: async () => {
      const charts = await renderPlans(planChanges(comparison, allMetrics));
      return {
        charts,
        blocks: comparisonBlocks(comparison, { metrics: allMetrics, gates: results, charts }),
      };
    },
    value: { ...comparison, gates: results },
  };
}

/** The run's own analysis, with another arm as its baseline if one is given. */
function compareArms(run: SavedRun, { baseline, gates, paint }: CompareOptions): Compared {
  const analysis = analyseRun(
    baseline === undefined ? run : rebase(run, pickBaseline(run, baseline)),
  );
  const results = judgeRegressions(
    gates,
    subjectsOfArms(analysis, readings[analysis.plan.scenario], run.folder),
  );
  return {
    gates: results,
    text: () => {
      const text = renderTerminal(reportOf(analysis), {
        paint,
        reportPath: reportPathOf(run, analysis.baseline),
      });
      return results.length === 0
        ? text
        : `${text}\n${renderGatesText(results, allMetrics, paint)}\n`;
    },
    blocks: () =>
      flow([reportBlocks(reportOf(analysis), { charts: [] }), renderGates(results, allMetrics)]),
    illustrated: async () => {
      const report = reportOf(analysis);
      const charts = await renderCharts(report);
      const views = await renderPageViews(report, trialViewsOf(run));
      return {
        charts: [...charts, ...allCharts(views)],
        blocks: flow([reportBlocks(report, { charts, views }), renderGates(results, allMetrics)]),
      };
    },
    value: { schema: 1, kind: 'arm-comparison', analysis, gates: results },
  };
}

function pickBaseline({ header: { plan } }: SavedRun, name: string): string {
  const arms = plan.arms.map(armName);
  const chosen = pickName('arm', name, arms);
  const contenders = plan.arms.filter(isUnderComparison).map(armName);
  if (contenders.includes(chosen)) return chosen;
  throw new BenchError(
    'USAGE',
    `--baseline ${name}: no verdict is given against it, for it is the floor or a copy, not a contender`,
    {
      hint: `contenders: ${contenders.join(', ')}`,
    },
  );
}

/** The report in the folder was made with the plan's own baseline. */
function reportPathOf({ folder, header }: SavedRun, baseline: string): string {
  const [first] = header.plan.arms.map(armName);
  return (
    join(folder, 'report.md') +
    (first === undefined || first === baseline ? '' : ` (against ${first})`)
  );
}
