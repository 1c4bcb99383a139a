// Describes in words the effects injected into an arm on purpose. The report of such a run names
// them before anything else.

import type { Analysis } from '../analysis/analysis.ts';
import type { Injection, InjectionOf } from '../contract/injection.ts';
import { formatCount, formatSetting } from './format.ts';
import { armTitle } from './report-context.ts';

export const INJECTED = 'INJECTED EFFECTS: this run tests the harness; it is no measurement';

/**
 * `SSE (delay 1 ms): every read from the server is passed on 1 ms later`, one for each arm with an
 * injection.
 */
export function injectedArms({ plan }: Analysis): readonly string[] {
  return plan.arms.flatMap((arm) =>
    arm.injection === undefined ? [] : [`${armTitle(arm)}: ${injectionWords(arm.injection)}`],
  );
}

function injectionWords(injection: Injection): string {
  const describe = words[injection.kind] as (injection: Injection) => string;
  return describe(injection);
}

const time = (ns: number): string => formatSetting(ns, 'ns');

const words: { readonly [Kind in Injection['kind']]: (injection: InjectionOf<Kind>) => string } = {
  delay: ({ delayNs }) => `every read from the server is passed on ${time(delayNs)} later`,
  'spin-before-write': ({ spinNs, when, pacer }) =>
    `the server computes for ${time(spinNs)} before each write${when === 'after-turn' ? ', after the turn of its pacer' : ''}` +
    (pacer === undefined ? '' : ', and its pacer arms its timer after each turn'),
  'spin-after-write': ({ spinNs }) => `the server computes for ${time(spinNs)} after each write`,
  tail: ({ every, delayNs }) =>
    `one token in ${formatCount(every)} is held back for ${time(delayNs)}`,
  stall: ({ everyNs, stallNs }) =>
    `the server stands still for ${time(stallNs)} once in ${time(everyNs)}`,
  padding: ({ bytes }) => `each payload is ${formatSetting(bytes, 'bytes')} longer`,
  undeclared: ({ every }) =>
    `after one token in ${formatCount(every)} the server sends bytes that nobody was told of`,
  retained: ({ bytesPerStream }) =>
    `the server keeps ${formatSetting(bytesPerStream, 'bytes')} more for each open stream`,
  damage: ({ every }) =>
    `one token in ${formatCount(every)} is left out, another one sent twice, another one altered`,
  'hold-frame': ({ direction, every, holdNs }) =>
    `the server holds one frame in ${formatCount(every)} on the way ${direction} for ${time(holdNs)}`,
  'turn-delay': ({ delayNs }) => `the server begins each reply ${time(delayNs)} later`,
  'late-stop': ({ tokens }) =>
    `the server goes on for ${formatCount(tokens)} tokens after each stop of a stream`,
  'late-steer': ({ delayNs }) =>
    `the server takes each input to a stream up ${time(delayNs)} after its receipt`,
  'slow-client': ({ spinNs }) => `the client computes for ${time(spinNs)} on each token`,
};
