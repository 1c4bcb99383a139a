// The paragraph below the title of a report on a steady population of streams: workload and load.

import type { Analysis } from '../analysis/analysis.ts';
import { loadPointTitle } from '../contract/load-point.ts';
import { payloads } from '../contract/payload.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { sources } from '../contract/upstream.ts';
import { lengthWords } from './arrival-words.ts';
import { formatSetting } from './format.ts';
import { code } from './inline.ts';

export function steadyCircumstances({ plan, loadPoints }: Analysis): string {
  const { workload } = plan;
  const firstToken = formatSetting(workload.firstTokenMedianMs * NS_PER_MS, 'ns');
  const gaps =
    workload.gaps.kind === 'fixed' ? 'even gaps' : `lognormal gaps (σ ${workload.gaps.sigma})`;
  return [
    `Workload ${code(workload.name)}: streams of ${lengthWords(plan)} at ${formatSetting(workload.tokensPerSecond, 'tokens/s')}`,
    ` with ${gaps}, the first token due after ${firstToken} (median), in payload ${code(plan.payload)} (${payloads[plan.payload].summary}).`,
    ` Load: ${loadPoints.map((point) => loadPointTitle(point.loadPoint)).join(', ')}.`,
    ...(plan.source === 'upstream'
      ? [` Each token comes from ${code('--source upstream')}: ${sources.upstream}.`]
      : []),
  ].join('');
}

export function windowPerTrial({ plan }: Analysis): string {
  return `${formatSetting(plan.windowNs, 'ns')} measured per trial`;
}
