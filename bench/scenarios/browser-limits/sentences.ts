// Describes what one browser opened in plain sentences made from the counts. If trials disagree,
// each count is named.

import type { ArmBrowserLimits, NextStream } from './findings.ts';
import { formatCount, formatValue, UNKNOWN } from '../../report/format.ts';

/** Input of the sentences of an arm besides its counts. */
export interface Words {
  /** `SSE (browser client)` */
  readonly title: string;
  /** `1.5 s`: time after which something counts as waiting. */
  readonly streamPatience: string;
  readonly requestPatience: string;
}

/**
 * One sentence for each: how many streams and the next one, an ordinary request, two tabs, all at
 * once.
 */
export function sentencesOf(arm: ArmBrowserLimits, words: Words): readonly string[] {
  if (arm.trials === 0) return [`${words.title}: no trial completed.`];
  return [
    streamSentence(arm, words),
    requestSentence(arm, words),
    tabSentence(arm, words),
    atOnceSentence(arm, words),
  ];
}

/** `6`; `254 or 255` if trials differ. */
export function counted(counts: readonly number[]): string {
  return counts.length === 0
    ? UNKNOWN
    : [...new Set(counts)].map((count) => formatCount(count)).join(' or ');
}

/** `4 + 2`; each pair once. */
export function pairsOf(pairs: readonly (readonly [number, number])[]): string {
  return [
    ...new Set(pairs.map((pair) => pair.map((count) => formatCount(count)).join(' + '))),
  ].join(' or ');
}

/** `waits`, `fails (close code 1006)`; a dash when neither was seen. */
export function fateOf({
  waits,
  fails,
  how = [],
}: Pick<NextStream, 'waits' | 'fails'> & { readonly how?: readonly string[] }): string {
  const failing = how.length === 0 ? 'fails' : `fails (${how.join(', ')})`;
  if (waits + fails === 0) return UNKNOWN;
  if (fails === 0) return 'waits';
  return waits === 0 ? failing : `waits, or ${failing}`;
}

function streamSentence(
  { asked, opened, next, trials }: ArmBrowserLimits,
  { title, streamPatience }: Words,
): string {
  const reached = next.waits + next.fails;
  if (reached === 0)
    return `${title}: one tab opened all ${formatCount(asked)} streams that it asked for. No limit was met, and whether there is one beyond is not known from this run.`;
  const some = reached === trials ? '' : ` In ${trials - reached} of ${trials} trials all opened.`;
  return `${title}: one tab opened ${counted(opened)} of ${formatCount(asked)} streams, asked for one after another.${some} The next one ${fateOf(next)}${servedWords(next, streamPatience)}.`;
}

function servedWords(
  { fails, waits, served, servedAfterNs }: NextStream,
  patience: string,
): string {
  const reached = waits + fails;
  const who = fails === 0 ? '' : '; one that is asked for in its place';
  if (served === 0)
    return `${fails === 0 ? ', and' : who} is not open within ${patience} of the closing of another`;
  const often = served === reached ? '' : ` (in ${served} of ${reached} trials)`;
  return `${fails === 0 ? ', and' : who} is open ${formatValue(servedAfterNs, 'ns')} after another is closed${often}`;
}

function requestSentence(
  { requests, trials }: ArmBrowserLimits,
  { title, requestPatience }: Words,
): string {
  const { beforeNs, whileOpenNs, waited, afterClosingNs, afterNs } = requests;
  const before = `${title}: an ordinary request of the same page takes ${formatValue(beforeNs, 'ns')} before any stream`;
  if (waited === 0)
    return `${before} and ${formatValue(whileOpenNs, 'ns')} while the streams are open.`;
  const often = waited === trials ? '' : ` (in ${waited} of ${trials} trials)`;
  const freed =
    afterClosingNs === undefined
      ? 'It was not answered even then'
      : `It is answered ${formatValue(afterClosingNs, 'ns')} after that`;
  return (
    `${before}. While the streams are open it waits${often}: for more than ${requestPatience}, until one of them is closed. ${freed};` +
    ` with one stream fewer such a request takes ${formatValue(afterNs, 'ns')}.`
  );
}

function tabSentence({ tabs, trials }: ArmBrowserLimits, { title }: Words): string {
  const { asked, opened, isShared, secondWaits, secondFails } = tabs;
  const next = fateOf({ waits: secondWaits, fails: secondFails });
  const often =
    secondWaits + secondFails === trials
      ? ''
      : ` (in ${secondWaits + secondFails} of ${trials} trials)`;
  const beyond = next === UNKNOWN ? '' : `, and the next one of the second tab ${next}${often}`;
  const meaning =
    isShared === undefined
      ? 'Whether they share a limit cannot be told from this'
      : isShared
        ? 'The limit is the profile’s: its tabs share it'
        : 'Together they have more than one alone, so what one met was a limit of its own';
  return `${title}: two tabs of one profile, which ask for ${formatCount(asked)} + ${formatCount(asked)}, open ${pairsOf(opened)}${beyond}. ${meaning}.`;
}

function atOnceSentence(
  { asked, spanNs: oneByOneNs, atOnce }: ArmBrowserLimits,
  { title }: Words,
): string {
  const { opened, waiting, failed, spanNs } = atOnce;
  const others = [
    ...(waiting.some((count) => count > 0) ? [`${counted(waiting)} wait`] : []),
    ...(failed.some((count) => count > 0) ? [`${counted(failed)} fail`] : []),
  ];
  const rest = others.length === 0 ? '' : `; ${others.join(', ')}`;
  return `${title}: asked for all ${formatCount(asked)} at once, one tab opens ${counted(opened)}, the last of them after ${formatValue(spanNs, 'ns')} (one after another: ${formatValue(oneByOneNs, 'ns')})${rest}.`;
}
