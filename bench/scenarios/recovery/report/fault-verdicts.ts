// Renders the main result of a run with faults: the time until streams resume, and what was lost, one row per fault.

import type { FaultAnalysis, FaultedArm } from '../findings.ts';
import { formatDifference, formatRatio, formatValue, UNKNOWN } from '../../../report/format.ts';
import { bulletList, foldedBlock, joinBlocks, left, renderTable, right, section } from '../../../report/markdown.ts';
import { armTitleOf, isEqualArmsRun, metricText, type ArmComparison } from '../../../report/report-context.ts';
import { renderChartImages, type ChartLink } from '../../../report/sections/chart-links.ts';
import { renderNoiseFloor } from '../../../report/sections/noise-floor.ts';
import { renderStatistics } from '../../../report/sections/verdicts.ts';
import { layOutTable, wrap } from '../../../report/text-layout.ts';
import { formatHalfWidth, paintVerdict, shortTitles, TERMINAL_COLUMNS, type Paint } from '../../../report/verdict-table.ts';
import { shortVerdictWords, verdictWords, type VerdictSubject } from '../../../report/verdict-words.ts';
import {
  faultGroups,
  groupContenders,
  groupHeading,
  faultedArm,
  lostOfBoth,
  pointOf,
  resumedComparison,
  rowHeading,
  rowTitle,
  TIME_TO_RESUMED,
  type FaultGroup,
  type RecoveryContext,
} from './recovery-context.ts';

export function renderFaultVerdicts(context: RecoveryContext, charts: readonly ChartLink[]): string {
  const { analysis } = context;
  const groups = faultGroups(context);
  if (isEqualArmsRun(analysis))
    return joinBlocks([
      section('Noise floor', [renderNoiseFloor(context)]),
      section(
        'What happened',
        groups.flatMap((group) => [groupHeading(groups, group), sentences(context, group)]),
      ),
    ]);
  return section('Verdicts', [
    `${metricText(context.metrics, TIME_TO_RESUMED).title}: from the fault to the first token that the client had not seen. Lost: tokens that never came, of all trials.`,
    ...groups.map((group) => verdictsOf(context, group)),
    ...renderChartImages(charts),
  ]);
}

function verdictsOf(context: RecoveryContext, group: FaultGroup): string {
  const others = groupContenders(context, group);
  return joinBlocks([
    ...others.flatMap((otherArm) => [pairHeading(context, group, otherArm), renderFaultTable(context, group, otherArm)]),
    sentences(context, group),
    ...others.map((otherArm) => behind(context, group, otherArm)),
  ]);
}

/** One table for each arm that is compared, at most 100 columns wide; empty when none is. */
export function renderFaultVerdictText(context: RecoveryContext, group: FaultGroup, paint: Paint): string {
  const tables = groupContenders(context, group).map((otherArm) => {
    const [baseline, other] = shortTitles(armTitles(context, otherArm));
    const rows = rowsOf(context, group, { otherArm, wordsOf: shortVerdictWords }).map((row) => ({
      cells: [row.title, row.baseline, row.other, row.ratio, row.lost, row.words],
      paint: (text: string): string => (row.comparison === undefined ? paint('dim', text) : paintVerdict(paint, row.comparison, text)),
    }));
    const table = { titles: [rowHeading(context), baseline, other, 'ratio', 'lost', 'verdict'], rows };
    const title = wrap(pairTitle(context, group, otherArm), TERMINAL_COLUMNS).join('\n');
    return `${title}\n${layOutTable(table, TERMINAL_COLUMNS, (text) => paint('bold', text))}`;
  });
  return tables.join('\n\n');
}

/** Explains a missing pair of times from the clients of the two arms. */
function missingWords(context: RecoveryContext, fault: FaultAnalysis, otherArm: string): string {
  const names = [context.analysis.baseline, otherArm];
  const arms = names.flatMap((name) => faultedArm(fault, name) ?? []);
  if (arms.length < names.length) return 'not measured';
  const back = arms.filter((arm) => !isLost(arm));
  if (back.length === 0) return 'never back';
  if (back.length < arms.length) return `only ${back.map(({ arm }) => armTitleOf(context.analysis, arm)).join()} came back`;
  return arms.every(({ clients }) => clients.resumed === 0) ? 'not interrupted' : 'not measured';
}

function pairTitle({ analysis, metrics }: RecoveryContext, group: FaultGroup, otherArm: string): string {
  const arms = `${armTitleOf(analysis, otherArm)} against ${armTitleOf(analysis, analysis.baseline)}`;
  return `${metricText(metrics, TIME_TO_RESUMED).title}: ${arms}, ${group.title}`;
}

function pairHeading({ analysis }: RecoveryContext, group: FaultGroup, otherArm: string): string {
  return `### ${armTitleOf(analysis, otherArm)} against ${armTitleOf(analysis, analysis.baseline)}, ${group.title}`;
}

function armTitles({ analysis }: RecoveryContext, otherArm: string): readonly [string, string] {
  return [armTitleOf(analysis, analysis.baseline), armTitleOf(analysis, otherArm)];
}

interface RowOptions {
  readonly otherArm: string;
  readonly wordsOf: (subject: VerdictSubject) => string;
}

interface FaultRow {
  readonly title: string;
  readonly baseline: string;
  readonly other: string;
  readonly ratio: string;
  readonly difference: string;
  readonly floor: string;
  readonly lost: string;
  readonly words: string;
  readonly comparison: ArmComparison | undefined;
}

function rowsOf(context: RecoveryContext, group: FaultGroup, { otherArm, wordsOf }: RowOptions): readonly FaultRow[] {
  const { unit } = metricText(context.metrics, TIME_TO_RESUMED);
  return group.faults.map((fault) => {
    const comparison = resumedComparison(context, fault, otherArm);
    const floor = pointOf(context, fault)?.noiseFloors.find(({ metric }) => metric === TIME_TO_RESUMED);
    const half = formatHalfWidth(floor, unit);
    return {
      title: rowTitle(context, fault),
      baseline: armCell(context, fault, { arm: context.analysis.baseline, paired: comparison?.baseline.value }),
      other: armCell(context, fault, { arm: otherArm, paired: comparison?.other.value }),
      ratio: formatRatio(comparison?.ratio),
      difference: formatDifference(comparison?.difference?.value, unit),
      floor: half === UNKNOWN ? half : `±${half}`,
      lost: lostOfBoth(context, fault, otherArm),
      words:
        comparison === undefined || comparison.verdict.kind === 'not-measured'
          ? missingWords(context, fault, otherArm)
          : wordsOf(subjectOf(context, comparison)),
      comparison,
    };
  });
}

/** The paired value; if no block has a pair because streams of one arm never resumed, the value of the arm by itself. */
function armCell(
  context: RecoveryContext,
  fault: FaultAnalysis,
  { arm, paired }: { readonly arm: string; readonly paired: number | undefined },
): string {
  const { unit } = metricText(context.metrics, TIME_TO_RESUMED);
  const shown = formatValue(paired, unit);
  if (shown !== UNKNOWN) return shown;
  if (isLost(faultedArm(fault, arm))) return 'never';
  const summaries = pointOf(context, fault)?.summaries ?? [];
  return formatValue(summaries.find((one) => one.metric === TIME_TO_RESUMED && one.arm === arm)?.estimate?.value, unit);
}

/** True when the arm's streams were interrupted and none of them resumed. */
function isLost(arm: FaultedArm | undefined): boolean {
  return arm !== undefined && arm.clients.resumed === 0 && arm.clients.neverBack > 0;
}

function subjectOf({ analysis, metrics }: RecoveryContext, comparison: ArmComparison): VerdictSubject {
  const titleOf = (arm: string): string => armTitleOf(analysis, arm);
  const { unit } = metricText(metrics, comparison.metric);
  return { comparison, unit, baselineTitle: titleOf(analysis.baseline), otherTitle: titleOf(comparison.otherArm), titleOf };
}

/** One row per fault: the time to the resumed stream of both arms, what was lost, and the verdict. */
export function renderFaultTable(context: RecoveryContext, group: FaultGroup, otherArm: string): string {
  const [baseline, other] = armTitles(context, otherArm);
  const hasFloor = context.analysis.copy !== undefined;
  const columns = [
    left(rowHeading(context)),
    right(baseline),
    right(other),
    right('ratio [95 % CI]'),
    right('difference'),
    ...(hasFloor ? [right('A/A floor')] : []),
    right(`lost (${baseline} / ${other})`),
    left('verdict'),
  ];
  return renderTable(
    columns,
    rowsOf(context, group, { otherArm, wordsOf: verdictWords }).map((row) =>
      [row.title, row.baseline, row.other, row.ratio, row.difference].concat(
        hasFloor ? row.floor : [],
        row.lost,
        row.comparison?.verdict.kind === 'better' ? `**${row.words}**` : row.words,
      ),
    ),
  );
}

function sentences(context: RecoveryContext, { faults }: FaultGroup): string {
  return bulletList(faults.map((fault) => `**${rowTitle(context, fault)}.** ${fault.sentence}`));
}

interface NamedComparison {
  readonly label: string;
  readonly comparison: ArmComparison;
}

function behind(context: RecoveryContext, group: FaultGroup, otherArm: string): string {
  const named = group.faults.flatMap((fault: FaultAnalysis): readonly NamedComparison[] => {
    const comparison = resumedComparison(context, fault, otherArm);
    // Comparisons that are not endpoints here stand among the exploratory ones.
    return comparison?.endpoint === undefined ? [] : [{ label: rowTitle(context, fault), comparison }];
  });
  const doubts = named.flatMap(({ label, comparison }) => comparison.warnings.map(({ message }) => `${label}: ${message}`));
  const arms = `${armTitleOf(context.analysis, otherArm)}, ${group.title}`;
  return joinBlocks([
    doubts.length === 0 ? '' : `Reasons for doubt, ${arms}:\n\n${bulletList(doubts)}`,
    foldedBlock(`The statistics behind these verdicts, ${arms}`, renderStatistics(context, named, rowHeading(context))),
  ]);
}
