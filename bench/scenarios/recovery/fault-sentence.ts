// Renders the effects of a fault as one plain sentence, from the numbers alone: how it was noticed,
// when streams resumed, which tokens were lost. Times are of the median client, medians over
// trials; counts are added up over trials.

import { faults, type FaultName } from '../../contract/faults.ts';
import { DEAD_AFTER } from '../../contract/reconnect-policy.ts';
import { amount, wholeNumber } from '../../analysis/amounts.ts';
import type { FaultAnalysis, FaultedArm } from './findings.ts';
import { byTransport } from './by-transport.ts';

type FaultNumbers = Omit<FaultAnalysis, 'sentence'>;

/** `arms` are those that the sentence is about: contenders. */
export function faultSentence(fault: FaultNumbers): string {
  const { loadPoint, arms } = fault;
  const [first] = arms;
  if (loadPoint.fault === undefined || first === undefined)
    return 'No trial of this fault was measured.';
  if (arms.some(({ clients }) => clients.all === 0))
    return 'No stream took part in the trials of this fault, so they show nothing.';
  const outage = first.outageNs === undefined ? '' : ` for ${time(first.outageNs)}`;
  const policy =
    loadPoint.policy === 'as-specified' ? ', with clients that do what the specifications say' : '';
  const clauses = [noticing(fault), interruption(arms), ...neighbours(arms), ...tokens(fault)];
  return `${openings[loadPoint.fault](outage)}${policy}: ${clauses.join('; ')}.`;
}

/** `outage`: ` for 5 s`, or empty when there is none. */
const openings: Record<FaultName, (outage: string) => string> = {
  'graceful-close': () => 'After the server ended every connection in good order',
  reset: () => 'After a reset of every connection',
  kill: (outage) => `After the server was killed and away${outage}`,
  drain: () => 'After the server said goodbye and another took its place',
  freeze: (outage) => `After the server stood still${outage}`,
  blackhole: (outage) => `After a silent loss${outage}`,
  'long-blackhole': (outage) => `After a silent loss${outage}`,
  'one-way': (outage) => `After a loss in one direction${outage}`,
  'link-down': (outage) => `After the link was down${outage}`,
  partition: (outage) => `After a partition${outage}`,
  'packet-loss': (outage) => `After packets were dropped at random${outage}`,
  'idle-cut': () =>
    `After a proxy closed what was idle, in ${silence('idle-cut')} and without heartbeats`,
  'idle-heartbeat': () =>
    `With heartbeats in ${silence('idle-heartbeat')}, and a proxy that closes what is idle`,
  'hold-first-byte': () =>
    'After a reset, behind a proxy that held back the first byte of each new connection',
  'slow-reader': (outage) => `After some clients did not read${outage}`,
  unavailable: (outage) => `After a reset, with a proxy that answered 503${outage}`,
  'lost-state': (outage) =>
    `After the server was killed and away${outage}, and knew no stream when it was back`,
};

/** The only number in a sentence that was planned and not measured. */
function silence(fault: 'idle-cut' | 'idle-heartbeat'): string {
  return `a planned silence of ${time(faults[fault].quietNs)}`;
}

function noticing({ arms, deadAfterNs }: FaultNumbers): string {
  const noticed = arms.filter(({ moments }) => moments.detect !== undefined);
  const unaware = arms.filter((arm) => !noticed.includes(arm));
  if (noticed.length === 0) return 'no client noticed a loss';
  const times = `the median client noticed after ${byTransport({ some: noticed, all: arms }, ({ moments }) => time(moments.detect?.p50Ns))}`;
  const others =
    unaware.length === 0
      ? ''
      : `, and none noticed ${byTransport({ some: unaware, all: arms }, () => '')}`;
  const isSilent =
    deadAfterNs !== undefined &&
    noticed.every(({ losses, clients }) => (losses['silent'] ?? 0) * 2 > clients.noticed);
  if (!isSilent) return times + others;
  return `nobody was told, and only ${DEAD_AFTER} heartbeats of ${time(deadAfterNs / DEAD_AFTER)} without a byte said so: ${times}${others}`;
}

function interruption(arms: readonly FaultedArm[]): string {
  const hit = arms.filter((arm) => interrupted(arm) > 0);
  if (hit.length === 0) return 'no stream was interrupted';
  const isSome = arms.some((arm) => interrupted(arm) < arm.clients.all);
  const back = hit.filter(({ moments }) => moments.resumed !== undefined);
  const gone = hit.filter(({ clients }) => clients.neverBack > 0);
  return [
    ...(isSome
      ? [
          byTransport(
            { some: arms, all: arms, what: 'streams were interrupted' },
            (arm) => `${interrupted(arm)} of ${arm.clients.all}`,
          ),
        ]
      : []),
    ...(back.length === 0 ? [] : [backWords(back, arms, isSome)]),
    ...(gone.length === 0 ? [] : [goneWords(gone, arms)]),
  ].join(', ');
}

function interrupted({ clients }: FaultedArm): number {
  return clients.resumed + clients.neverBack;
}

/**
 * Times from the end of the cause when all resumed clients had to wait for it, else from the fault.
 */
function backWords(
  back: readonly FaultedArm[],
  arms: readonly FaultedArm[],
  isSome: boolean,
): string {
  const isAfterHeal = back.every(
    ({ healToResumed, moments }) => healToResumed?.clients === moments.resumed?.clients,
  );
  const times = byTransport({ some: back, all: arms }, ({ healToResumed, moments }) =>
    time(isAfterHeal ? healToResumed?.p50Ns : moments.resumed?.p50Ns),
  );
  return `${isAfterHeal ? 'once the cause was over ' : ''}the median ${isSome ? 'one of them' : 'stream'} was back after ${times}`;
}

function goneWords(gone: readonly FaultedArm[], arms: readonly FaultedArm[]): string {
  const counts = byTransport(
    { some: gone, all: arms, what: 'streams' },
    (arm) => `${arm.clients.neverBack} of ${interrupted(arm)}`,
  );
  const ends = [...new Set(gone.map(endOf))];
  return `${counts} never came back${ends.length === 1 ? ` (${ends[0]})` : ''}`;
}

/** The most frequent end of the clients that never resumed. */
function endOf({ clients: { givenUp, stopped, unfinished } }: FaultedArm): string {
  if (givenUp >= stopped && givenUp >= unfinished) return 'their clients may not try again';
  return stopped >= unfinished
    ? 'the server had nothing for them to come back to'
    : 'they were still away when the trial ended';
}

function neighbours(arms: readonly FaultedArm[]): string[] {
  const watched = arms.filter(({ neighbourDelivery }) => neighbourDelivery !== undefined);
  if (watched.length === 0) return [];
  const now = byTransport({ some: watched, all: arms }, ({ neighbourDelivery }) =>
    time(neighbourDelivery?.p50Ns),
  );
  const before = byTransport({ some: watched, all: arms }, ({ beforeDelivery }) =>
    time(beforeDelivery?.p50Ns),
  );
  return [`meanwhile a token to the others took ${now} (median; before the fault ${before})`];
}

function tokens({ arms, isResumable }: FaultNumbers): string[] {
  const [lost, replayed, twice] = [
    countOf(arms, ({ tokens: { lost: count } }) => count, 'lost'),
    countOf(arms, ({ tokens: { replayed: count } }) => count ?? 0, 'replayed'),
    countOf(arms, ({ tokens: { duplicated: count } }) => count, 'received twice'),
  ];
  const why =
    lost !== undefined && !isResumable
      ? ', because nothing is kept for clients that come back'
      : '';
  const trials = Math.max(...arms.map((arm) => arm.trials));
  const counts = [
    ...(lost === undefined ? ['no token was lost'] : [lost + why]),
    ...[replayed, twice].filter((words) => words !== undefined),
  ];
  const isCounted = lost !== undefined || counts.length > 1;
  return [`${counts.join(', ')}${isCounted && trials > 1 ? ` (in ${trials} trials)` : ''}`];
}

/** undefined when the count is 0 in all arms. */
function countOf(
  arms: readonly FaultedArm[],
  of: (arm: FaultedArm) => number,
  what: string,
): string | undefined {
  if (arms.every((arm) => of(arm) === 0)) return undefined;
  const someFirst = arms.toSorted((a, b) => Number(of(a) === 0) - Number(of(b) === 0));
  return byTransport({ some: someFirst, all: arms, what: `tokens were ${what}` }, (arm) =>
    of(arm) === 0 ? 'none' : wholeNumber(of(arm)),
  );
}

function time(ns: number | undefined): string {
  return ns === undefined ? 'an unknown time' : amount(ns, 'ns');
}
