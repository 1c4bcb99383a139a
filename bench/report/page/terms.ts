// Words of a page that lead to what they mean: the metrics to their definitions in the report, the
// words of the method to a list at the end of the page.

import type { ReportContext } from '../report-context.ts';

export interface Term {
  /** As it is written in tables. */
  readonly text: string;
  /** Where it is explained in the page. */
  readonly id: string;
  /** Shown where one points at the word. */
  readonly meaning: string;
  /** Metrics are explained in a table of the report, words at the end of the page. */
  readonly kind: 'metric' | 'word';
}

/** Anchor of the definition of a metric. */
export function metricAnchor(id: string): string {
  return `metric-${id}`;
}

/** The words of docs/method.md. */
const words: Readonly<Record<string, string>> = {
  trial:
    'One measured execution of one scenario over one arm at one load point, with fresh server and client processes. The unit of all statistics.',
  block:
    'One trial of every arm with the same workload, in random order. Effects are paired within it.',
  arm: 'What is compared: a server, a transport, a client stack and a path.',
  'null arm': 'The same payloads as bare lines over TCP: the floor of the harness.',
  endpoint:
    'A metric that was declared before the run, with a margin. Everything else is exploratory.',
  margin: 'The zone within which a difference is negligible, fixed beforehand.',
  '95 % CI': 'The interval that holds the true mean in 95 of 100 such runs.',
  'noise floor': 'What two equal arms of the run differ by: no verdict can be finer.',
  inconclusive:
    'Neither a difference beyond the margin nor its absence is shown. Not a sign that there is none.',
  'not resolvable':
    'This run cannot tell: its noise, or its number of blocks, is too large for the margin.',
  equivalent: 'The whole interval lies within the margin, by two one-sided tests.',
  'negligible to a user':
    'Shown to lie within a margin that is about users; it may be most of what the transport takes.',
  'size uncertain': 'A difference is shown, but it may be negligible.',
  exploratory: 'Not declared beforehand; compared under a false discovery rate of 10 %.',
  INVALID: 'A check of correctness failed: the load point proves nothing.',
  'HARNESS-LIMITED': 'The harness itself was too busy, so the numbers may be its own.',
  Holm: 'A correction of p-values, so that with many tests the chance of any false claim stays at 5 %.',
  'delivery latency': 'Time from when a token was due to its receipt.',
  'ready to received': 'Time from the turn of the pacer that found the token due to its receipt.',
};

export const wordTerms: readonly Term[] = Object.entries(words).map(([text, meaning]) => ({
  text,
  id: `word-${text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
  meaning,
  kind: 'word',
}));

/** For a page without a table of definitions: metrics are explained among the words. */
export function explainedWords(metrics: ReportContext['metrics']): readonly Term[] {
  const titles = new Map(metrics.map((metric) => [metric.title, metric]));
  const ofMetrics = [...titles.values()].map(({ id, title, definition }): Term => ({
    text: title,
    id: `word-${id}`,
    meaning: definition,
    kind: 'word',
  }));
  return [...ofMetrics, ...wordTerms];
}

/** Metrics first: where a title is also a word, the formula says more. */
export function termsOf({ metrics }: Pick<ReportContext, 'metrics'>): readonly Term[] {
  const ofMetrics = metrics.map(({ id, title, definition }): Term => ({
    text: title,
    id: metricAnchor(id),
    meaning: definition,
    kind: 'metric',
  }));
  return [...ofMetrics, ...wordTerms];
}
