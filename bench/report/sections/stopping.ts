// Explains why the run ended when it did, and the effect on its intervals.

import { flow, heading, type Block } from '../blocks.ts';
import type { ReportContext } from '../report-context.ts';
import { stoppingSentence, widestSentence } from '../stopping-words.ts';

/** Part of the validity of a run. */
export function renderStopping(context: ReportContext): readonly Block[] {
  const { stop } = context.analysis;
  const sentences = [
    stoppingSentence(context),
    ...(stop === undefined
      ? []
      : [
          widestSentence(context) ?? '',
          'A metric that is compared by difference is held to its margin instead, or without one to that share of the baseline.',
          'The rule looks at how wide the intervals are and never at where they lie. Still, intervals that decided when to stop cover a little less than the 95 %' +
            ' they are made for (92 to 96 % in the simulations of `bench/analysis/simulation`), and p is below 0.05 in up to 8 of 100 comparisons of equal arms.',
        ]),
  ];
  return flow([
    heading(3, 'When it stopped'),
    sentences.filter((sentence) => sentence !== '').join(' '),
  ]);
}
