// Made-up effects of faults on made-up clients, for fixture-recovery.ts. Plausible, and measured
// nowhere.

import type { FaultedArm, Moment, MomentSummary } from '../findings.ts';
import type { FaultName } from '../../../contract/faults.ts';
import { NS_PER_MS } from '../../../contract/units.ts';

const CLIENTS = 100;
export const FAULT_TRIALS = 11;

/** Course of the median client, in ms since the fault. */
export interface Course {
  readonly fault: FaultName;
  readonly times: Partial<Record<Moment, number>>;
  readonly outageMs?: number;
  /** Number of clients that are affected. */
  readonly clients?: number;
  readonly lost?: number;
  readonly loss?: string;
  readonly failure?: string;
  readonly events: readonly string[];
  readonly sentence: string;
}

const gone = (detect: number, wait: number): Course['times'] => ({
  detect,
  attempt: detect + wait,
  open: detect + wait + 1.2,
  resumed: detect + wait + 2,
  caughtUp: detect + wait + 64,
});

export const courses: readonly Course[] = [
  {
    fault: 'graceful-close',
    times: gone(0.6, 251),
    loss: 'end',
    events: ['end', 'wait', 'open', 'token'],
    sentence: 'Both noticed within 1 ms; nothing was lost.',
  },
  {
    fault: 'reset',
    times: gone(0.4, 252),
    loss: 'ECONNRESET',
    events: ['ECONNRESET', 'wait', 'open', 'token'],
    sentence: 'A reset was noticed within 0.4 ms; nothing was lost.',
  },
  {
    fault: 'kill',
    times: gone(0.5, 1320),
    outageMs: 1000,
    loss: 'ECONNRESET',
    failure: 'ECONNREFUSED',
    events: ['ECONNRESET', 'wait', 'ECONNREFUSED', 'wait', 'open', 'token'],
    sentence: 'Noticed at once; the new server took 1 s.',
  },
  {
    fault: 'freeze',
    times: gone(2501, 3110),
    outageMs: 5000,
    loss: 'silent',
    failure: 'silent',
    events: ['silent', 'wait', 'silent', 'wait', 'open', 'token'],
    sentence: 'Silence was taken for loss after 2.5 s.',
  },
  {
    fault: 'long-blackhole',
    times: gone(2503, 61_900),
    outageMs: 60_000,
    loss: 'silent',
    failure: 'silent',
    events: ['silent', 'wait', 'silent', 'wait', 'open', 'token'],
    sentence: 'Attempts went unanswered for a minute.',
  },
  {
    fault: 'idle-heartbeat',
    times: {},
    events: ['token'],
    sentence: 'Heartbeats kept every connection open; no stream was interrupted.',
  },
  {
    fault: 'slow-reader',
    times: { resumed: 5002, caughtUp: 5040 },
    outageMs: 5000,
    clients: 20,
    events: ['pause', 'token'],
    sentence: 'Nobody noticed anything but a pause.',
  },
  {
    fault: 'lost-state',
    times: { detect: 0.5, attempt: 1290, open: 1291 },
    outageMs: 1000,
    lost: 5600,
    loss: 'ECONNRESET',
    failure: 'ECONNREFUSED',
    events: ['ECONNRESET', 'wait', 'ECONNREFUSED', 'wait', 'unknown'],
    sentence: 'The new server knew no stream: 100 of 100 were lost.',
  },
];

/**
 * `factor` scales all times after the fault, those of other clients included; times before it are
 * the same in every arm.
 */
export function faultedArm(course: Course, arm: string, factor: number): FaultedArm {
  const { times, clients = CLIENTS, lost = 0, outageMs = 0 } = course;
  const summaryAt = (ms: number | undefined): MomentSummary | undefined =>
    ms === undefined ? undefined : summary(ms * factor, clients);
  const noticed = times.detect === undefined ? 0 : clients;
  const all = CLIENTS * FAULT_TRIALS;
  const isBack = times.resumed !== undefined;
  // Planned tokens: 10 tokens/s, for 6 s and the outage.
  const planned = (60 + outageMs / 100) * all;
  const away = Math.round(((times.open ?? 0) / 100) * clients);
  return {
    arm,
    title: arm === 'ws' ? 'WebSocket' : 'SSE',
    trials: FAULT_TRIALS,
    moments: {
      detect: summaryAt(times.detect),
      attempt: summaryAt(times.attempt),
      open: summaryAt(times.open),
      resumed: summaryAt(times.resumed),
      caughtUp: summaryAt(times.caughtUp),
    },
    healToResumed:
      isBack && outageMs > 0 ? summaryAt(Math.max(1, (times.resumed ?? 0) - outageMs)) : undefined,
    visibleGap: isBack ? summaryAt((times.resumed ?? 0) + 50) : undefined,
    neighbourDelivery: clients < CLIENTS ? summary(0.41 * factor, CLIENTS - clients) : undefined,
    beforeDelivery: summary(0.38 * factor, CLIENTS),
    clients: {
      all,
      hit: noticed * FAULT_TRIALS,
      noticed: noticed * FAULT_TRIALS,
      resumed: isBack ? clients * FAULT_TRIALS : 0,
      neverBack: lost === 0 ? 0 : all,
      whole: lost === 0 ? all : 0,
      stopped: lost === 0 ? 0 : all,
      givenUp: 0,
      unfinished: 0,
    },
    tokens: {
      planned,
      distinct: planned - lost * FAULT_TRIALS,
      dueAway: away * FAULT_TRIALS,
      lost: lost * FAULT_TRIALS,
      lostDeclared: lost * FAULT_TRIALS,
      duplicated: 0,
      reordered: 0,
      corrupt: 0,
      replayed: course.fault === 'kill' ? undefined : isBack ? away * FAULT_TRIALS : 0,
      replayedBytes: course.fault === 'kill' ? undefined : isBack ? away * FAULT_TRIALS * 52 : 0,
    },
    attempts: course.failure === undefined ? noticed * FAULT_TRIALS : noticed * FAULT_TRIALS * 3,
    accepted: noticed * FAULT_TRIALS,
    losses: course.loss === undefined ? {} : { [course.loss]: noticed * FAULT_TRIALS },
    attemptFailures:
      course.failure === undefined ? {} : { [course.failure]: noticed * FAULT_TRIALS * 2 },
    patterns: [
      { events: [...course.events], clients: clients * FAULT_TRIALS - (noticed > 0 ? 4 : 0) },
      ...(noticed > 0 ? [{ events: [...course.events, 'duplicate'], clients: 4 }] : []),
    ],
    curve: { binNs: 100 * NS_PER_MS, attempts: [], accepted: [], resumedShare: [] },
    peers: {
      before: CLIENTS,
      dead: course.fault === 'freeze' && arm === 'sse' ? 2 * CLIENTS : CLIENTS,
      end: 0,
    },
    kernel: {
      listenOverflows: undefined,
      listenDrops: undefined,
      synRetransmits: undefined,
      segmentsRetransmitted: undefined,
    },
    outageNs: outageMs === 0 ? undefined : outageMs * NS_PER_MS,
    serverCpuShare: undefined,
    serverUtilisationMax: undefined,
  };
}

/** A made-up summary whose interval of trials is 8 % wide, around their median. */
export function summary(ms: number, clients: number): MomentSummary {
  const p50Ns = ms * NS_PER_MS;
  return {
    p50Ns,
    lowNs: p50Ns * 0.96,
    highNs: p50Ns * 1.04,
    p95Ns: p50Ns * 1.6,
    maxNs: p50Ns * 2.1,
    trials: FAULT_TRIALS,
    clients: clients * FAULT_TRIALS,
  };
}
