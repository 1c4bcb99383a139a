// Says in words how the streams of a plan arrive, and how long they are.

import { gapVariation, isPoisson, meanRate } from '../contract/arrival-model.ts';
import type { ArrivalsPlan } from '../contract/arrivals.ts';
import type { Plan } from '../contract/run-file.ts';
import { NS_PER_S } from '../contract/units.ts';
import { formatCount, formatSetting } from './format.ts';
import { code } from './inline.ts';

/** `150 tokens`; `7 to 1,000 tokens (mean 210)` where streams differ. */
export function lengthWords({ workload, arrivals }: Pick<Plan, 'workload' | 'arrivals'>): string {
  const { lengths, tokensPerStream } = workload;
  if (arrivals?.kind === 'trace') {
    const [least, most] = extremesOf(arrivals.tokens);
    const mean = arrivals.tokens.reduce((sum, tokens) => sum + tokens, 0) / arrivals.tokens.length;
    return between(least, most, Math.round(mean));
  }
  if (lengths === undefined) return `${formatCount(tokensPerStream)} tokens`;
  const { quantiles } = lengths;
  return between(quantiles[0]?.[1] ?? 1, quantiles.at(-1)?.[1] ?? 1, tokensPerStream);
}

function extremesOf(values: readonly number[]): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return [least, most];
}

function between(least: number, most: number, mean: number): string {
  return `${formatCount(least)} to ${formatCount(most)} tokens (mean ${formatCount(mean)})`;
}

/** Sentences on where the arrivals are from, what of them is used, and what is not. */
export function arrivalSentences(
  arrivals: ArrivalsPlan,
  { workload }: Pick<Plan, 'workload'>,
): readonly string[] {
  return arrivals.kind === 'trace' ? ofTrace(arrivals) : ofModel(arrivals, workload);
}

const trials = 'alike in every arm of a block';

function ofTrace(arrivals: Extract<ArrivalsPlan, { kind: 'trace' }>): readonly string[] {
  const { file, sha256, rows, spanNs, speed, startNs, sameTimeRows, inputTokens } = arrivals;
  const used = startNs.length;
  const rest = rows - used;
  return [
    `Streams begin when the trace ${code(file)} says${speed === 1 ? '' : `, ${speed} times as fast`}, and have its output lengths, ${trials} and in all blocks;` +
      ` the times between their tokens are those of the workload, drawn anew for each block.`,
    `The file (SHA-256 ${code(sha256)}) has ${formatCount(rows)} rows over ${formatSetting(spanNs, 'ns')}: the first ${formatCount(used)} begin within a trial` +
      (rest === 0
        ? ', and none is left.'
        : `, and the ${formatCount(rest)} after them are not used.`),
    ...(sameTimeRows === 0
      ? []
      : [
          `${formatCount(sameTimeRows)} rows of the file have the time of the row before them, and their streams begin at once: as far as the trace's clock is coarse, so are its bursts.`,
        ]),
    `Its input lengths (median ${formatCount(inputTokens.median)} tokens, at most ${formatCount(inputTokens.most)} in the rows used) are recorded and have no effect: the time to the first token is that of the workload.`,
  ];
}

function ofModel(
  { model }: Extract<ArrivalsPlan, { kind: 'drawn' }>,
  { name, source }: Plan['workload'],
): readonly string[] {
  const rate = formatCount(Number(meanRate(model).toPrecision(3)));
  const law = isPoisson(model)
    ? 'as a Poisson process'
    : `in bursts: exponential gaps whose mean changes among ${model.phases.length} values, with a coefficient of variation of ${gapVariation(model).toPrecision(3)} in the long run`;
  return [
    `Streams begin ${law}, ${rate} a second in the long run, drawn anew for each block and ${trials}.`,
    ...(source === undefined ? [] : [`Workload ${code(name)} is fitted to ${source}.`]),
  ];
}

export const NOT_STATIONARY =
  'A trial begins with no stream open, and the load changes while it is measured. So drift of delivery within the window is not counted as a doubt, and how many streams were' +
  ' open is a result, not a condition. What must hold is that every stream began, and 99 of 100 at most 1 ms late (gates H1 and H3).';

/** `20 starts/s, gaps with a coefficient of variation of 1.00`: one line for the plan in words. */
export function arrivalSummary(arrivals: ArrivalsPlan): string {
  if (arrivals.kind === 'drawn')
    return `${Number(meanRate(arrivals.model).toPrecision(3))} starts/s, gaps with a coefficient of variation of ${gapVariation(arrivals.model).toPrecision(3)}`;
  const { startNs, rows, inputTokens } = arrivals;
  const spanS = (startNs.at(-1) ?? 0) / NS_PER_S;
  return `${startNs.length} of ${rows} rows of ${arrivals.file} within a trial, over ${spanS.toPrecision(3)} s; input lengths (median ${inputTokens.median} tokens) are not used`;
}
