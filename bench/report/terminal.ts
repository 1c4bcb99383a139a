// Renders the text that a run prints at its end: the verdicts, the warnings, and where the report
// is.

import type { Analysis, LoadPointAnalysis, PairNames } from '../analysis/analysis.ts';
import type { ThresholdResult } from '../analysis/thresholds.ts';
import { armName, type Arm } from '../contract/arms/arms.ts';
import { DEFAULT_CLIENT } from '../contract/arms/stacks.ts';
import { loadPointTitle } from '../contract/load-point.ts';
import type { Table } from './blocks.ts';
import { formatCount } from './format.ts';
import { renderTableText } from './formats/terminal.ts';
import { renderBrowserText } from './browser.ts';
import { INJECTED, injectedArms } from './injections.ts';
import { LIMITED_IN_PART, limitedPairs, limitedWords } from './missed-controls.ts';
import { claimsSentence, noiseFloorTable, noiseFloorTables } from './noise-floor.ts';
import { pilotSentences, pilotTable, pilotTables, pilotTitle } from './pilot-table.ts';
import {
  armTitleOf,
  contendingPairs,
  isEqualArmsRun,
  metricText,
  pairTitle,
  type ReportContext,
} from './report-context.ts';
import type { RunReport } from './scenario-parts.ts';
import { blockCount } from './stopping-words.ts';
import { wrap } from './text-layout.ts';
import { renderThresholdText } from './thresholds.ts';
import { exactTable, testedTable } from './verdict-table.ts';
import { TERMINAL_COLUMNS, type Paint } from './paint.ts';

const MAX_WARNINGS = 5;

export interface TerminalOptions {
  /** `styleText` of node:util, or `plainPaint`. */
  readonly paint: Paint;
  /** Absent for a part of a suite, whose report has another place. */
  readonly reportPath?: string;
  /** The results of the run's thresholds. */
  readonly thresholds?: readonly ThresholdResult[];
}

/**
 * Text of at most 100 columns, except the report's path and the command after a pilot; ends with a
 * line break.
 */
export function renderTerminal(
  context: RunReport,
  { paint, reportPath, thresholds = [] }: TerminalOptions,
): string {
  const { analysis } = context;
  const blocks = [
    header(analysis, paint),
    ...answer(context, paint),
    renderThresholdText(thresholds, context, paint),
    warningLines(context, paint),
    reportPath === undefined ? '' : `report: ${reportPath}`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function header(analysis: Analysis, paint: Paint): string {
  const { name, plan, loadPoints } = analysis;
  const clients = [...new Set(plan.arms.map((arm) => arm.client))];
  const arms = [...new Set(plan.arms.map(clients.length > 1 ? armName : nameWithoutClient))].join(
    ', ',
  );
  const load = [
    ...new Set(loadPoints.map((point) => formatCount(point.loadPoint.connections))),
  ].join(', ');
  const facts = `scenario ${plan.scenario} · arms ${arms} · connections ${load} · blocks ${blockCount(analysis)} · client ${clients.join(', ')}${plan.source === undefined ? '' : ` · tokens from ${plan.source}`}`;
  const [first = '', ...more] = wrap(`${name}: ${facts}`, TERMINAL_COLUMNS);
  return [paint('bold', first), ...more].join('\n');
}

/** A client that all arms share is named once. */
function nameWithoutClient(arm: Arm): string {
  return armName({ ...arm, client: DEFAULT_CLIENT });
}

function answer(context: RunReport, paint: Paint): readonly string[] {
  const { analysis, parts } = context;
  if (analysis.pilot !== undefined) return pilotBlocks(context, paint);
  const notes = (parts.notes?.(context) ?? []).map(wrapped).join('\n');
  if (isEqualArmsRun(analysis)) return [...equalArmsBlocks(context, paint), notes];
  return [
    ...(parts.verdictText?.(context, paint) ?? verdictBlocks(context, paint)),
    ...(parts.terminal?.(context, paint) ?? []),
    renderBrowserText(context),
    notes,
  ];
}

function verdictBlocks(context: ReportContext, paint: Paint): readonly string[] {
  const { analysis } = context;
  const titled = (table: Table, pair: PairNames, point: LoadPointAnalysis): string[] =>
    table.rows.length === 0
      ? []
      : [`${pairHeading(analysis, pair, point)}\n${renderTableText(table, paint)}`];
  const verdicts = analysis.loadPoints.flatMap((point) =>
    contendingPairs(point).flatMap((pair) =>
      titled(testedTable({ context, point, ...pair }), pair, point),
    ),
  );
  // Bytes of a token hardly depend on the load.
  const counted = analysis.loadPoints
    .slice(-1)
    .flatMap((point) =>
      contendingPairs(point).flatMap((pair) =>
        titled(exactTable({ context, point, ...pair }), pair, point),
      ),
    );
  return [...verdicts, ...counted];
}

function equalArmsBlocks(context: RunReport, paint: Paint): readonly string[] {
  const { analysis } = context;
  const tables = noiseFloorTables(context).map((points) => {
    const floors = renderTableText(noiseFloorTable(context, points), paint);
    const load =
      points.length === 1
        ? points.map(({ loadPoint }) => `, ${loadPointTitle(loadPoint)}`).join('')
        : '';
    return `Noise floor between two equal arms (${armTitleOf(analysis, analysis.baseline)})${load}\n${floors}`.trimEnd();
  });
  return [...tables, wrapped(claimsSentence(analysis) ?? 'The pair was not measured.')];
}

function pilotBlocks(context: RunReport, paint: Paint): readonly string[] {
  const { analysis } = context;
  const { pilot } = analysis;
  if (pilot === undefined) return [];
  const tables = pilotTables(context).map(
    (one) => `${wrapped(pilotTitle(one))}\n${renderTableText(pilotTable(one), paint)}`,
  );
  return [...tables, wrapped(pilotSentences(pilot).join(' ')), pilot.command];
}

function pairHeading(analysis: Analysis, pair: PairNames, point: LoadPointAnalysis): string {
  return wrapped(`${pairTitle(analysis, pair)}, ${loadPointTitle(point.loadPoint)}`);
}

function wrapped(text: string): string {
  return wrap(text, TERMINAL_COLUMNS).join('\n');
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
      wrap(text, TERMINAL_COLUMNS - 2).map((line, index) =>
        index === 0 ? `${paint(style, '!')} ${line}` : `  ${line}`,
      ),
    );
  const hidden = unique.length - MAX_WARNINGS;
  return [...lines, ...(hidden > 0 ? [paint('dim', `+${hidden} more in the report`)] : [])].join(
    '\n',
  );
}

const red = (text: string): Concern => ({ style: 'red', text });
const yellow = (text: string): Concern => ({ style: 'yellow', text });

/**
 * The gravest first: reasons that void the verdicts, missing results, then doubts about single
 * numbers.
 */
function concernsOf(context: ReportContext): readonly Concern[] {
  const { analysis, metrics } = context;
  const { loadPoints, trials, failures, isComplete, warnings, pilot } = analysis;
  const injected = injectedArms(analysis);
  return [
    ...(injected.length === 0 ? [] : [red(`${INJECTED}. ${injected.join('; ')}`)]),
    ...loadPoints.flatMap((point) =>
      point.invalid.map((reason) =>
        red(`INVALID at ${loadPointTitle(point.loadPoint)}: ${reason}`),
      ),
    ),
    ...loadPoints.flatMap((point) =>
      point.harnessLimited.map((reason) =>
        red(`HARNESS-LIMITED at ${loadPointTitle(point.loadPoint)}: ${reason}`),
      ),
    ),
    ...loadPoints.flatMap((point) =>
      limitedPairs(context, point).map((pair) =>
        red(
          `${LIMITED_IN_PART} at ${loadPointTitle(point.loadPoint)}, ${pair.title}: ${limitedWords(pair)}`,
        ),
      ),
    ),
    ...(isComplete
      ? []
      : [
          yellow(
            `INCOMPLETE: ${formatCount(trials.completed)} of ${formatCount(trials.planned)} trials completed`,
          ),
        ]),
    ...withheldReasons(analysis).map((reason) => yellow(`no verdicts: ${reason}`)),
    ...failures.slice(0, 1).map((first) => yellow(failureWords(first, failures.length))),
    ...warnings
      .filter((warning) => !saidOtherwise.has(warning.code))
      .map((warning) => yellow(warning.message)),
    // A pilot compares nothing, so doubts about comparisons do not apply to it.
    ...(pilot === undefined ? loadPoints : []).flatMap((point) =>
      point.comparisons
        .filter((one) => one.endpoint !== undefined)
        .flatMap((one) =>
          one.warnings.map((warning) =>
            yellow(
              `${metricText(metrics, one.metric).title}, ${loadPointTitle(point.loadPoint)}: ${warning.message}`,
            ),
          ),
        ),
    ),
  ];
}

/** Codes of warnings that repeat what is listed here already, or that report something planned. */
const saidOtherwise: ReadonlySet<string> = new Set(['incomplete', 'failed-trials', 'burn-in']);

/** Why declared endpoints have no verdict; a pilot is not meant to have any. */
function withheldReasons({ plan, pilot, loadPoints }: Analysis): readonly string[] {
  if (pilot !== undefined) return [];
  if (!plan.verdicts) return [`preset ${plan.preset} measures too short to compare anything`];
  return loadPoints.flatMap((point) =>
    point.comparisons.flatMap(({ endpoint, verdict }) =>
      endpoint !== undefined && verdict.kind === 'withheld' && verdict.reason !== undefined
        ? [verdict.reason]
        : [],
    ),
  );
}

function failureWords(
  { trial, arm, message, hint }: Analysis['failures'][number],
  failures: number,
): string {
  const count = failures === 1 ? '' : `${formatCount(failures)} trials failed, the first: `;
  return `${count}trial ${trial} (${arm}) failed: ${message}${hint === undefined ? '' : `; ${hint}`}`;
}
