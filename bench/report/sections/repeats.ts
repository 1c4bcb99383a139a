// Lists the blocks that were measured again, the reasons, and the verdicts that would change
// without the repetitions.

import type { Analysis, RepeatedBlock, WithoutRepeats } from '../../analysis/analysis.ts';
import { formatCount, formatDifferenceEstimate, formatP, UNKNOWN } from '../format.ts';
import { flow, heading, left, list, right, table, type Block } from '../blocks.ts';
import {
  armTitleOf,
  loadWords,
  metricText,
  pairTitle,
  type ReportContext,
} from '../report-context.ts';
import { verdictLabel } from '../verdict-words.ts';
import { gateValue, limitText } from './gate-text.ts';

/** Part of the validity of a run: a run without repetitions says so. */
export function renderRepeats(context: ReportContext): readonly Block[] {
  const { analysis } = context;
  const { repeats, withoutRepeats, blocks } = analysis;
  if (repeats.length === 0 || withoutRepeats === undefined)
    return flow([
      heading(3, 'Repeated blocks'),
      `No block was repeated.${unrepeatedWords(blocks)}`,
    ]);
  return flow([
    heading(3, 'Repeated blocks'),
    `${formatCount(repeats.length)} of ${formatCount(blocks.measured)} blocks were measured again, because the machine, not an arm, disturbed them.` +
      ' Of such a block the last whole measurement is analysed, whatever it says: a rule that was fixed before the run.',
    table(
      [
        right('block'),
        left('missed in its first measurement'),
        right('trials'),
        right('measured again as'),
      ],
      repeats.map((repeat) => [
        String(repeat.block),
        [...repeat.misses.map((miss) => missWords(analysis, miss)), ...(repeat.lost ?? [])].join(
          '; ',
        ),
        trialRange(repeat.firstTrials),
        repeat.isUsed
          ? trialRange(repeat.repeatTrials)
          : `${trialRange(repeat.repeatTrials)}, cut off and not used`,
      ]),
    ),
    list([
      ...withoutRepeats.stolen.map((stolen) => stolenWords(analysis, stolen)),
      ...changeWords(context, withoutRepeats),
    ]),
  ]);
}

function unrepeatedWords({ measured, disturbed }: Analysis['blocks']): string {
  if (measured === 0) return '';
  return disturbed === 0
    ? ` The machine disturbed none of the ${formatCount(measured)} measured ones.`
    : ` The machine disturbed ${formatCount(disturbed)} of ${formatCount(measured)}; a disturbed block that is not repeated stays in.`;
}

function missWords(
  analysis: Analysis,
  { id, title, value, limit, unit, arm, trial, loadPoint }: RepeatedBlock['misses'][number],
): string {
  const size =
    value === undefined ? '' : `: ${gateValue(value, unit)}, limit ${limitText(limit, unit)}`;
  const load = analysis.loadPoints.length > 1 ? ` at ${loadWords(loadPoint)}` : '';
  return `${id} ${title}${size} (${armTitleOf(analysis, arm)}${load}, trial ${trial})`;
}

/** `12–14`: the trials of one attempt follow each other. */
function trialRange(trials: readonly number[]): string {
  const [first, last] = [trials[0], trials.at(-1)];
  if (first === undefined || last === undefined) return UNKNOWN;
  return first === last ? String(first) : `${first}–${last}`;
}

const ALPHA = 0.05;

function stolenWords(
  analysis: Analysis,
  { otherArm, difference, p }: WithoutRepeats['stolen'][number],
): string {
  const arms = `${armTitleOf(analysis, otherArm)} − ${armTitleOf(analysis, analysis.baseline)}`;
  const verdict =
    p < ALPHA
      ? '**the machine did not disturb the arms alike, so the repetitions are suspect**'
      : 'nothing shows that the machine disturbed one arm more';
  return `CPU time stolen in the first measurement of all blocks, ${arms}: ${formatDifferenceEstimate(difference, 'ratio')} (p ${formatP(p)}); ${verdict}.`;
}

function changeWords(
  { analysis, metrics }: ReportContext,
  { changed }: WithoutRepeats,
): readonly string[] {
  if (changed.length === 0)
    return ['Without the repetitions every endpoint would have the same verdict.'];
  const titleOf = (arm: string): string => armTitleOf(analysis, arm);
  return changed.map(({ metric, loadPoint, verdict, verdictWithout, ...pair }) => {
    const arms =
      pair.baselineArm === undefined ? titleOf(pair.otherArm) : pairTitle(analysis, pair);
    return (
      `${metricText(metrics, metric).title}, ${arms}, ${loadWords(loadPoint)}: **${verdictLabel(verdict, titleOf)}**,` +
      ` but without the repetitions it would be **${verdictLabel(verdictWithout, titleOf)}**.`
    );
  });
}
