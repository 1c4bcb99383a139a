// Says from how many tokens at once on one arm costs less: uses only the verdicts on server CPU per
// token, so it says nothing when they are withheld.

import type { VerdictKind } from '../../analysis/analysis.ts';
import { formatPercent } from '../../report/format.ts';
import { armTitleOf, type ArmComparison, type ReportContext } from '../../report/report-context.ts';
import { cpuComparison, listCounts, type BurstGroup } from './points.ts';

interface Judged {
  readonly tokensPerTick: number;
  readonly comparison: ArmComparison;
}

/**
 * Kinds of verdict that say something about the arms; the others say that no statement is possible.
 */
const decided: ReadonlySet<VerdictKind> = new Set([
  'better',
  'size-uncertain',
  'equivalent',
  'inconclusive',
  'not-resolvable',
]);

/** One or two sentences; none unless there are verdicts at two points or more. */
export function crossoverSentences(
  context: ReportContext,
  { points }: BurstGroup,
  otherArm: string,
): readonly string[] {
  const judged = points.flatMap((point): Judged[] => {
    const comparison = cpuComparison(point, otherArm);
    return comparison === undefined || !decided.has(comparison.verdict.kind)
      ? []
      : [{ tokensPerTick: point.tokensPerTick, comparison }];
  });
  // With a verdict missing in between, "from … on" would claim what was not measured.
  if (judged.length < 2 || judged.length < points.length) return [];
  const last = winnerOf(judged.at(-1));
  const first =
    last === undefined ? judged.length : judged.findLastIndex((one) => winnerOf(one) !== last) + 1;
  return [
    ...(last === undefined ? [] : [leadSentence(context, last, judged.slice(first), first === 0)]),
    ...restSentences(context, judged.slice(0, first), last !== undefined),
  ];
}

/** The arm that is better by a relevant amount. */
function winnerOf(one: Judged | undefined): string | undefined {
  return one?.comparison.verdict.kind === 'better' ? one.comparison.verdict.favours : undefined;
}

function leadSentence(
  context: ReportContext,
  winner: string,
  judged: readonly Judged[],
  isAll: boolean,
): string {
  const [first] = judged as [Judged, ...Judged[]];
  const title = armTitleOf(context.analysis, winner);
  const sizes = judged.map(
    ({ tokensPerTick, comparison }) =>
      `${formatPercent(shareSaved(comparison, winner), 2)} less at ${tokensPerTick}`,
  );
  const extent = isAll
    ? 'however many tokens came at once'
    : `from ${first.tokensPerTick} tokens a tick on`;
  return `${title} needed less server CPU per token ${extent}: ${sizes.join(', ')}.`;
}

function shareSaved({ ratio, otherArm }: ArmComparison, winner: string): number | undefined {
  if (ratio === undefined) return undefined;
  return winner === otherArm ? 1 - ratio.value : 1 - 1 / ratio.value;
}

/** The verdicts at the points below, those of one kind together. */
function restSentences(
  context: ReportContext,
  judged: readonly Judged[],
  hasLead: boolean,
): readonly string[] {
  const groups = Map.groupBy(judged, ({ comparison }) => stateWords(context, comparison));
  const words = [...groups].map(
    ([state, members]) =>
      `${state} at ${listCounts(members.map(({ tokensPerTick }) => tokensPerTick))}`,
  );
  if (words.length === 0) return [];
  return [
    `${hasLead ? 'With fewer' : 'Server CPU per token, by tokens a tick'}: ${words.join('; ')}.`,
  ];
}

function stateWords(context: ReportContext, { verdict }: ArmComparison): string {
  const title =
    verdict.favours === undefined ? 'one arm' : armTitleOf(context.analysis, verdict.favours);
  switch (verdict.kind) {
    case 'better':
      return `${title} needed less`;
    case 'size-uncertain':
      return `${title} needed less, by an amount that may not matter,`;
    case 'equivalent':
      return 'equivalent for practical purposes';
    default:
      return 'undecided';
  }
}
