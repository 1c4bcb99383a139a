// The paragraph below the title of a report on a steady population of streams: workload and load.

import type { Analysis } from '../analysis/analysis.ts';
import { loadPointTitle } from '../contract/load-point.ts';
import { payloads } from '../contract/payload.ts';
import { NS_PER_MS } from '../contract/units.ts';
import type { Workload } from '../contract/workload.ts';
import { sources } from '../contract/upstream.ts';
import { lengthWords } from './arrival-words.ts';
import { formatCount, formatSetting } from './format.ts';
import { code } from './inline.ts';

export function steadyCircumstances({ plan, loadPoints }: Analysis): string {
  const { workload } = plan;
  const firstToken = formatSetting(workload.firstTokenMedianMs * NS_PER_MS, 'ns');
  return [
    `Workload ${code(workload.name)}: ${streamsOf(plan)}, the first token due after ${firstToken} (median), in payload ${code(plan.payload)} (${payloads[plan.payload].summary}).`,
    ` Load: ${loadPoints.map((point) => loadPointTitle(point.loadPoint)).join(', ')}.`,
    ...(plan.source === 'upstream'
      ? [` Each token comes from ${code('--source upstream')}: ${sources.upstream}.`]
      : []),
  ].join('');
}

function streamsOf(plan: Analysis['plan']): string {
  const { gaps, tokensPerSecond } = plan.workload;
  const rate = formatSetting(tokensPerSecond, 'tokens/s');
  if (gaps.kind === 'recorded')
    return `${formatCount(gaps.streams)} recorded streams are replayed ${replayedParts[gaps.texts]}, of at most ${formatCount(plan.workload.tokensPerStream)} tokens and on average ${rate}${leftOut(gaps.leftOut)}`;
  const form = gaps.kind === 'fixed' ? 'even gaps' : `lognormal gaps (σ ${gaps.sigma})`;
  return `streams of ${lengthWords(plan)} at ${rate} with ${form}`;
}

const replayedParts: Record<Extract<Workload['gaps'], { kind: 'recorded' }>['texts'], string> = {
  recorded: 'with their texts and gaps',
  resplit: 'with their gaps and their texts, which were cut into tokens when they were imported',
  bundled: 'with their gaps; their texts are this project’s, since the trace holds none',
  mixed: 'with their gaps; the texts of some were made when they were imported',
};

function leftOut(count: number | undefined): string {
  return count === undefined
    ? ''
    : ` (${formatCount(count)} more of the recording cannot be replayed and ${count === 1 ? 'is' : 'are'} left out)`;
}

export function windowPerTrial({ plan }: Analysis): string {
  return `${formatSetting(plan.windowNs, 'ns')} measured per trial`;
}
