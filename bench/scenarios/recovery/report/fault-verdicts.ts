// Renders the main result of a run with faults: the time until streams resume, and what was lost,
// one row per fault.

import type { FaultAnalysis, FaultedArm } from '../findings.ts';
import { formatDifference, formatRatio, formatValue, UNKNOWN } from '../../../report/format.ts';
import {
  details,
  heading,
  left,
  list,
  right,
  section,
  table,
  type Block,
  type Cell,
  type Content,
  type List,
  type Table,
} from '../../../report/blocks.ts';
import { renderTableText } from '../../../report/formats/terminal.ts';
import {
  armTitleOf,
  isEqualArmsRun,
  metricText,
  type ArmComparison,
} from '../../../report/report-context.ts';
import { chartFigures, type ChartLink } from '../../../report/sections/chart-links.ts';
import { renderNoiseFloor } from '../../../report/sections/noise-floor.ts';
import { renderStatistics } from '../../../report/sections/verdicts.ts';
import { wrap } from '../../../report/text-layout.ts';
import { formatHalfWidth, shortTitles, verdictTone } from '../../../report/verdict-table.ts';
import { TERMINAL_COLUMNS, type Paint } from '../../../report/paint.ts';
import {
  shortVerdictWords,
  verdictWords,
  type VerdictSubject,
} from '../../../report/verdict-words.ts';
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

export function renderFaultVerdicts(
  context: RecoveryContext,
  charts: readonly ChartLink[],
): Content {
  const { analysis } = context;
  const groups = faultGroups(context);
  if (isEqualArmsRun(analysis))
    return [
      section('Noise floor', renderNoiseFloor(context)),
      section(
        'What happened',
        groups.map((group) => [groupHeading(groups, group), sentences(context, group)]),
      ),
    ];
  return section('Verdicts', [
    `${metricText(context.metrics, TIME_TO_RESUMED).title}: from the fault to the first token that the client had not seen. Lost: tokens that never came, of all trials.`,
    ...groups.map((group) => verdictsOf(context, group)),
    ...chartFigures(charts),
  ]);
}

function verdictsOf(context: RecoveryContext, group: FaultGroup): Content {
  const others = groupContenders(context, group);
  return [
    ...others.flatMap((otherArm) => [
      pairHeading(context, group, otherArm),
      faultTable(context, group, otherArm),
    ]),
    sentences(context, group),
    ...others.map((otherArm) => behind(context, group, otherArm)),
  ];
}

/** One table for each arm that is compared, at most 100 columns wide; empty when none is. */
export function renderFaultVerdictText(
  context: RecoveryContext,
  group: FaultGroup,
  paint: Paint,
): string {
  const tables = groupContenders(context, group).map((otherArm) => {
    const title = wrap(pairTitle(context, group, otherArm), TERMINAL_COLUMNS).join('\n');
    return `${title}\n${renderTableText(faultTable(context, group, otherArm), paint)}`;
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
  if (back.length < arms.length)
    return `only ${back.map(({ arm }) => armTitleOf(context.analysis, arm)).join()} came back`;
  return arms.every(({ clients }) => clients.resumed === 0) ? 'not interrupted' : 'not measured';
}

function pairTitle(
  { analysis, metrics }: RecoveryContext,
  group: FaultGroup,
  otherArm: string,
): string {
  const arms = `${armTitleOf(analysis, otherArm)} against ${armTitleOf(analysis, analysis.baseline)}`;
  return `${metricText(metrics, TIME_TO_RESUMED).title}: ${arms}, ${group.title}`;
}

function pairHeading({ analysis }: RecoveryContext, group: FaultGroup, otherArm: string): Block {
  return heading(
    3,
    `${armTitleOf(analysis, otherArm)} against ${armTitleOf(analysis, analysis.baseline)}, ${group.title}`,
  );
}

function armTitles({ analysis }: RecoveryContext, otherArm: string): readonly [string, string] {
  return [armTitleOf(analysis, analysis.baseline), armTitleOf(analysis, otherArm)];
}

/**
 * One row per fault: the time to the resumed stream of both arms, what was lost, and the verdict.
 */
export function faultTable(context: RecoveryContext, group: FaultGroup, otherArm: string): Table {
  const titles = armTitles(context, otherArm);
  const [narrowBaseline, narrowOther] = shortTitles(titles);
  const [baseline, other] = titles;
  const hasFloor = context.analysis.copy !== undefined;
  return table(
    [
      left(rowHeading(context)),
      right(baseline, { narrow: narrowBaseline }),
      right(other, { narrow: narrowOther }),
      right('ratio [95 % CI]', { narrow: 'ratio' }),
      right('difference', { only: 'wide' }),
      ...(hasFloor ? [right('A/A floor', { only: 'wide' as const })] : []),
      right(`lost (${baseline} / ${other})`, { narrow: 'lost' }),
      left('verdict'),
    ],
    group.faults.map((fault) => {
      const { unit } = metricText(context.metrics, TIME_TO_RESUMED);
      const comparison = resumedComparison(context, fault, otherArm);
      const half = formatHalfWidth(
        pointOf(context, fault)?.noiseFloors.find(({ metric }) => metric === TIME_TO_RESUMED),
        unit,
      );
      return [
        rowTitle(context, fault),
        armCell(context, fault, {
          arm: context.analysis.baseline,
          paired: comparison?.baseline.value,
        }),
        armCell(context, fault, { arm: otherArm, paired: comparison?.other.value }),
        formatRatio(comparison?.ratio),
        formatDifference(comparison?.difference?.value, unit),
        ...(hasFloor ? [half === UNKNOWN ? half : `±${half}`] : []),
        lostOfBoth(context, fault, otherArm),
        verdictCell(context, fault, { otherArm, comparison }),
      ];
    }),
  );
}

function verdictCell(
  context: RecoveryContext,
  fault: FaultAnalysis,
  {
    otherArm,
    comparison,
  }: { readonly otherArm: string; readonly comparison: ArmComparison | undefined },
): Cell {
  const tone = comparison === undefined ? 'muted' : verdictTone(comparison);
  if (comparison === undefined || comparison.verdict.kind === 'not-measured')
    return { text: missingWords(context, fault, otherArm), tone };
  const subject = subjectOf(context, comparison);
  return {
    text: verdictWords(subject),
    narrow: shortVerdictWords(subject),
    isStrong: comparison.verdict.kind === 'better',
    tone,
  };
}

/**
 * The paired value; if no block has a pair because streams of one arm never resumed, the value of
 * the arm by itself.
 */
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
  return formatValue(
    summaries.find((one) => one.metric === TIME_TO_RESUMED && one.arm === arm)?.estimate?.value,
    unit,
  );
}

/** True when the arm's streams were interrupted and none of them resumed. */
function isLost(arm: FaultedArm | undefined): boolean {
  return arm !== undefined && arm.clients.resumed === 0 && arm.clients.neverBack > 0;
}

function subjectOf(
  { analysis, metrics }: RecoveryContext,
  comparison: ArmComparison,
): VerdictSubject {
  const titleOf = (arm: string): string => armTitleOf(analysis, arm);
  const { unit } = metricText(metrics, comparison.metric);
  return {
    comparison,
    unit,
    baselineTitle: titleOf(analysis.baseline),
    otherTitle: titleOf(comparison.otherArm),
    titleOf,
  };
}

function sentences(context: RecoveryContext, { faults }: FaultGroup): List {
  return list(faults.map((fault) => `**${rowTitle(context, fault)}.** ${fault.sentence}`));
}

interface NamedComparison {
  readonly label: string;
  readonly comparison: ArmComparison;
}

function behind(context: RecoveryContext, group: FaultGroup, otherArm: string): Content {
  const named = group.faults.flatMap((fault: FaultAnalysis): readonly NamedComparison[] => {
    const comparison = resumedComparison(context, fault, otherArm);
    // Comparisons that are not endpoints here stand among the exploratory ones.
    return comparison?.endpoint === undefined
      ? []
      : [{ label: rowTitle(context, fault), comparison }];
  });
  const doubts = named.flatMap(({ label, comparison }) =>
    comparison.warnings.map(({ message }) => `${label}: ${message}`),
  );
  const arms = `${armTitleOf(context.analysis, otherArm)}, ${group.title}`;
  return [
    doubts.length === 0 ? [] : [`Reasons for doubt, ${arms}:`, list(doubts)],
    details(
      `The statistics behind these verdicts, ${arms}`,
      renderStatistics(context, named, rowHeading(context)),
    ),
  ];
}
