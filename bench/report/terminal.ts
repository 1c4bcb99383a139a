// What a run prints when it ends: the verdicts, what to worry about, and where the rest is.

import type { Analysis, LoadPointAnalysis } from '../analysis/analysis.ts';
import { formatCount } from './format.ts';
import { armTitleOf, loadPointTitle, metricText, contenders, type MetricText, type ReportContext } from './report-context.ts';
import { wrap } from './text-layout.ts';
import { renderVerdictText, TERMINAL_COLUMNS, type Paint } from './verdict-table.ts';

const MAX_WARNINGS = 5;

export interface TerminalOptions {
  readonly metrics: readonly MetricText[];
  /** `styleText` of node:util, or `plainPaint`. */
  readonly paint: Paint;
  readonly reportPath: string;
}

/** Text of at most 100 columns, the report's path aside; ends with a line break. */
export function renderTerminal(analysis: Analysis, { metrics, paint, reportPath }: TerminalOptions): string {
  const context: ReportContext = { analysis, metrics };
  const blocks = [header(analysis, paint), ...tables(context, paint), warningLines(context, paint), `report: ${reportPath}`];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function header({ name, plan, loadPoints }: Analysis, paint: Paint): string {
  const clients = [...new Set(plan.arms.map((arm) => arm.client))].join(', ');
  const arms = [...new Set(plan.arms.map((arm) => arm.transport))].join(', ');
  const load = loadPoints.map((point) => formatCount(point.loadPoint.connections)).join(', ');
  const facts = `scenario ${plan.scenario} · arms ${arms} · connections ${load} · blocks ${formatCount(plan.blocks)} · client ${clients}`;
  const [first = '', ...more] = wrap(`${name}: ${facts}`, TERMINAL_COLUMNS);
  return [paint('bold', first), ...more].join('\n');
}

function tables(context: ReportContext, paint: Paint): readonly string[] {
  const { analysis } = context;
  return analysis.loadPoints.flatMap((point) =>
    contenders(point).flatMap((otherArm) => {
      const table = renderVerdictText({ context, point, otherArm }, paint);
      const title = `${armTitleOf(analysis, otherArm)} against ${armTitleOf(analysis, analysis.baseline)}, ${loadPointTitle(point)}`;
      return table === '' ? [] : [`${title}\n${table}`];
    }),
  );
}

interface Concern {
  readonly style: 'red' | 'yellow';
  readonly text: string;
}

function warningLines(context: ReportContext, paint: Paint): string {
  const concerns = Map.groupBy(concernsOf(context), (concern) => concern.text);
  const unique = [...concerns.values()].flatMap(([first]) => (first === undefined ? [] : [first]));
  const lines = unique
    .slice(0, MAX_WARNINGS)
    .flatMap(({ style, text }) =>
      wrap(text, TERMINAL_COLUMNS - 2).map((line, index) => (index === 0 ? `${paint(style, '!')} ${line}` : `  ${line}`)),
    );
  const hidden = unique.length - MAX_WARNINGS;
  return [...lines, ...(hidden > 0 ? [paint('dim', `+${hidden} more in the report`)] : [])].join('\n');
}

const red = (text: string): Concern => ({ style: 'red', text });
const yellow = (text: string): Concern => ({ style: 'yellow', text });

/** The gravest first: what makes the verdicts void, what is missing, then doubts about single numbers. */
function concernsOf({ analysis, metrics }: ReportContext): readonly Concern[] {
  const { loadPoints, trials, failures, isComplete, plan, warnings } = analysis;
  return [
    ...loadPoints.flatMap((point) => point.invalid.map((reason) => red(`INVALID at ${loadPointTitle(point)}: ${reason}`))),
    ...loadPoints.flatMap((point) => point.harnessLimited.map((reason) => red(`HARNESS-LIMITED at ${loadPointTitle(point)}: ${reason}`))),
    ...(isComplete ? [] : [yellow(`INCOMPLETE: ${formatCount(trials.completed)} of ${formatCount(trials.planned)} trials completed`)]),
    ...(plan.verdicts ? withheldReasons(loadPoints) : [`preset ${plan.preset} measures too short to compare anything`]).map((reason) =>
      yellow(`no verdicts: ${reason}`),
    ),
    ...failures.slice(0, 1).map((first) => yellow(failureWords(first, failures.length))),
    ...warnings.filter((warning) => !saidOtherwise.has(warning.code)).map((warning) => yellow(warning.message)),
    ...loadPoints.flatMap((point) =>
      point.comparisons
        .filter((one) => one.endpoint !== undefined)
        .flatMap((one) =>
          one.warnings.map((warning) => yellow(`${metricText(metrics, one.metric).title}, ${loadPointTitle(point)}: ${warning.message}`)),
        ),
    ),
  ];
}

/** Codes of warnings that say what stands here already, or what was planned. */
const saidOtherwise: ReadonlySet<string> = new Set(['incomplete', 'failed-trials', 'burn-in']);

/** Why declared endpoints have no verdict. */
function withheldReasons(loadPoints: readonly LoadPointAnalysis[]): readonly string[] {
  return loadPoints.flatMap((point) =>
    point.comparisons.flatMap(({ endpoint, verdict }) =>
      endpoint !== undefined && verdict.kind === 'withheld' && verdict.reason !== undefined ? [verdict.reason] : [],
    ),
  );
}

function failureWords({ trial, arm, message, hint }: Analysis['failures'][number], failures: number): string {
  const count = failures === 1 ? '' : `${formatCount(failures)} trials failed, the first: `;
  return `${count}trial ${trial} (${arm}) failed: ${message}${hint === undefined ? '' : `; ${hint}`}`;
}
