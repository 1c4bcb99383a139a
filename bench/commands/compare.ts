// `streamduel compare A [B…]`: saved runs against each other, or the arms of one. Reads run folders and writes nothing to them.

import { join } from 'node:path';
import { styleText } from 'node:util';
import { analyse } from '../analysis/analyse.ts';
import { compareRuns } from '../analysis/across/compare-runs.ts';
import { gatherRuns } from '../analysis/across/gather-runs.ts';
import { subjectsOfArms, subjectsOfRuns } from '../analysis/across/gate-subjects.ts';
import { rebase } from '../analysis/across/rebase.ts';
import { judgeRegressions, type GateResult, type RegressionGate } from '../analysis/across/regression-gates.ts';
import { loadRun } from '../analysis/load-run.ts';
import { allMetrics, metricsOf } from '../analysis/metrics/registry.ts';
import { isUnderComparison } from '../analysis/thresholds.ts';
import { BenchError } from '../contract/errors.ts';
import type { SavedRun } from '../contract/run-file.ts';
import { armName } from '../contract/transports.ts';
import { pickName } from '../plan/quantities.ts';
import { parseRegressionGates } from '../plan/regression-gates.ts';
import { renderGatesMarkdown, renderGatesText } from '../report/across/gates.ts';
import { renderComparisonMarkdown } from '../report/across/markdown.ts';
import { renderComparisonText } from '../report/across/text.ts';
import { renderReport } from '../report/report.ts';
import { renderTerminal } from '../report/terminal.ts';
import type { Paint } from '../report/verdict-table.ts';
import type { CommandOutput } from './run.ts';

const compareFormats = ['text', 'md', 'json'] as const;

type CompareFormat = (typeof compareFormats)[number];

export interface CompareFlags {
  /** Of one run: the arm that the others are held against; the plan's first without it. */
  readonly baseline?: string;
  /** `[metric:]margin`, each. */
  readonly failIfWorse?: readonly string[];
  readonly format?: string;
}

interface Compared {
  readonly gates: readonly GateResult[];
  readonly render: Record<CompareFormat, () => string>;
}

/** Returns the exit code: 1 when a gate failed. @throws BenchError USAGE for flags that are wrong and runs that cannot be compared. */
export async function compareCommand(folders: readonly string[], flags: CompareFlags, output: CommandOutput): Promise<number> {
  const [first, ...others] = folders;
  if (first === undefined) throw new BenchError('USAGE', 'compare needs at least one run folder');
  const format = pickName('format', flags.format ?? 'text', compareFormats);
  const gates = parseRegressionGates(flags.failIfWorse ?? []);
  if (flags.baseline !== undefined && others.length > 0) {
    throw new BenchError('USAGE', `--baseline ${flags.baseline}: it names an arm of one run, and ${folders.length} runs are given`, {
      hint: 'between runs each arm is compared with itself, and the run named first is the old one',
    });
  }
  const paint: Paint = (style, text) => styleText(style, text, { stream: output.stdout });
  const old = loadRun(first);
  const compared =
    others.length === 0 ? compareArms(old, { flags, gates, paint }) : compareWithOld(old, others.map(loadRun), { gates, paint });
  if (gates.length > 0 && compared.gates.length === 0) {
    throw new BenchError('USAGE', '--fail-if-worse has nothing to stand on: no two arms here may get a verdict', {
      hint: 'the null arm and copies of an arm get none; name runs, or a --baseline, with contenders',
    });
  }
  output.stdout.write(compared.render[format]());
  return compared.gates.some(({ state }) => state === 'failed') ? 1 : 0;
}

interface CompareOptions {
  readonly gates: readonly RegressionGate[];
  readonly paint: Paint;
}

function compareWithOld(old: SavedRun, others: readonly SavedRun[], { gates, paint }: CompareOptions): Compared {
  const gathered = gatherRuns(old, others);
  const comparison = compareRuns(gathered);
  const results = judgeRegressions(gates, subjectsOfRuns(gathered));
  return {
    gates: results,
    render: {
      text: () => renderComparisonText(comparison, { metrics: allMetrics, gates: results, paint }),
      md: () => renderComparisonMarkdown(comparison, { metrics: allMetrics, gates: results }),
      json: () => toJson({ ...comparison, gates: results }),
    },
  };
}

/** The run's own analysis, with another arm as its baseline where one is named. */
function compareArms(run: SavedRun, { flags, gates, paint }: CompareOptions & { readonly flags: CompareFlags }): Compared {
  const baseline = flags.baseline === undefined ? undefined : pickBaseline(run, flags.baseline);
  const analysis = analyse(baseline === undefined ? run : rebase(run, baseline));
  const results = judgeRegressions(gates, subjectsOfArms(analysis, run.folder));
  return {
    gates: results,
    render: {
      text: () => {
        const text = renderTerminal(analysis, {
          metrics: metricsOf(analysis.plan.scenario),
          paint,
          reportPath: reportPathOf(run, analysis.baseline),
        });
        return results.length === 0 ? text : `${text}\n${renderGatesText(results, allMetrics, paint)}\n`;
      },
      md: () => {
        const report = renderReport(analysis, { metrics: metricsOf(analysis.plan.scenario), charts: [] });
        return results.length === 0 ? report : `${report}\n${renderGatesMarkdown(results, allMetrics)}\n`;
      },
      json: () => toJson({ schema: 1, kind: 'arm-comparison', analysis, gates: results }),
    },
  };
}

function pickBaseline({ header: { plan } }: SavedRun, name: string): string {
  const arms = plan.arms.map(armName);
  const chosen = pickName('arm', name, arms);
  const contenders = plan.arms.filter(isUnderComparison).map(armName);
  if (contenders.includes(chosen)) return chosen;
  throw new BenchError('USAGE', `--baseline ${name}: no verdict is given against it, for it is the floor or a copy, not a contender`, {
    hint: `contenders: ${contenders.join(', ')}`,
  });
}

/** The report in the folder was made with the plan's own baseline. */
function reportPathOf({ folder, header }: SavedRun, baseline: string): string {
  const [first] = header.plan.arms.map(armName);
  return join(folder, 'report.md') + (first === undefined || first === baseline ? '' : ` (against ${first})`);
}

function toJson(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
