// Test support: the effects of each fault on the clients of a made-up trial. Plausible, but not
// measured.

import type { TransportId } from '../../contract/arms/transports.ts';
import { faultOf, type FaultName } from '../../contract/faults.ts';
import {
  AS_SPECIFIED_RETRY_MS,
  DEAD_AFTER,
  policies,
  type PolicyName,
} from '../../contract/reconnect-policy.ts';
import { NS_PER_MS } from '../../contract/units.ts';

/** Times of the median client, ms since the fault; absent for events that never happen. */
export interface FaultCourse {
  readonly detectMs?: number;
  readonly attemptMs?: number;
  readonly openMs?: number;
  readonly resumedMs?: number;
  /** The longest time without a token. */
  readonly gapMs?: number;
  readonly outageMs: number;
  /** Share of clients that the fault affects. */
  readonly share: number;
  /** How these clients detected the loss. */
  readonly loss?: string;
  /** Cause of failed attempts, and their number per client. */
  readonly failure?: { readonly cause: string; readonly perClient: number };
  /** Final state of clients that never resume. */
  readonly end?: 'stopped' | 'givenUp';
}

export interface CoursePlace {
  readonly fault: FaultName;
  readonly policy: PolicyName;
  readonly transport: TransportId;
  readonly heartbeatNs: number;
  readonly longOutageNs: number;
}

type Told =
  | 'graceful-close'
  | 'reset'
  | 'kill'
  | 'drain'
  | 'hold-first-byte'
  | 'unavailable'
  | 'lost-state';

const causes: Record<Told, string> = {
  'graceful-close': 'end',
  reset: 'ECONNRESET',
  kill: 'ECONNRESET',
  drain: 'end',
  'hold-first-byte': 'ECONNRESET',
  unavailable: 'ECONNRESET',
  'lost-state': 'ECONNRESET',
};

const DETECT_MS = 0.4;
const ROUND_TRIP_MS = 1;

export function courseOf(place: CoursePlace): FaultCourse {
  const { fault, policy, heartbeatNs, longOutageNs } = place;
  const outageMs = faultOf(fault, longOutageNs).outageNs / NS_PER_MS;
  if (isTold(fault)) return toldCourse(place, fault, outageMs);
  if (fault === 'idle-heartbeat' || fault === 'packet-loss') return { outageMs, share: 1 };
  if (fault === 'slow-reader')
    return { outageMs, share: 0.2, resumedMs: outageMs + 2, gapMs: outageMs + 2 };
  if (fault === 'idle-cut')
    return {
      outageMs,
      share: 1,
      detectMs: 3000,
      attemptMs: 3250,
      openMs: 3251,
      resumedMs: 4552,
      gapMs: 150,
      loss: 'end',
    };
  return silentCourse(policy, heartbeatNs, outageMs);
}

function silentCourse(policy: PolicyName, heartbeatNs: number, outageMs: number): FaultCourse {
  if (policy === 'as-specified')
    return { outageMs, share: 1, resumedMs: outageMs + 1, gapMs: outageMs + 50 };
  // A client polls for silence, so it detects the loss a little later.
  const detectMs = (DEAD_AFTER * heartbeatNs) / NS_PER_MS + 20;
  const openMs = outageMs + 400;
  return {
    outageMs,
    share: 1,
    detectMs,
    attemptMs: detectMs + 250,
    openMs,
    resumedMs: openMs + 1,
    gapMs: openMs + 50,
    loss: 'silent',
  };
}

function isTold(fault: FaultName): fault is Told {
  return fault in causes;
}

function toldCourse(
  { policy, transport }: CoursePlace,
  fault: Told,
  outageMs: number,
): FaultCourse {
  // Specified waits are longer than the outage of a 503, but the attempt must meet it here.
  const specified = policies['as-specified'];
  const middle = { attempt: 0, draw: () => 0.5, retryNs: AS_SPECIFIED_RETRY_MS * NS_PER_MS };
  const specifiedMs =
    fault === 'unavailable' ? 1000 : specified.delayNs(transport, middle) / NS_PER_MS;
  const attemptMs = DETECT_MS + (policy === 'identical' ? 250 : specifiedMs);
  const begun = { outageMs, share: 1, detectMs: DETECT_MS, attemptMs, loss: causes[fault] };
  if (fault === 'lost-state')
    return { ...begun, end: 'stopped', failure: { cause: 'unknown-stream', perClient: 1 } };
  const isRefused = fault === 'unavailable' && attemptMs < outageMs;
  if (isRefused && policy === 'as-specified' && specified.isRefusalFinal(transport))
    return { ...begun, end: 'givenUp', failure: { cause: 'http-503', perClient: 1 } };
  const isLate = attemptMs < outageMs;
  const openMs = (isLate ? outageMs + 300 : attemptMs) + ROUND_TRIP_MS;
  const resumedMs = openMs + ROUND_TRIP_MS + (fault === 'hold-first-byte' ? 1000 : 0);
  const cause = isRefused ? 'http-503' : 'ECONNREFUSED';
  return {
    ...begun,
    openMs,
    resumedMs,
    gapMs: resumedMs + 50,
    ...(isLate && { failure: { cause, perClient: 2 } }),
  };
}
