// Translates a load point into conditions of a trial's streams besides their number: tokens due
// together, receivers that stop reading, kinds of connections. The one place where a scenario's
// load points become a specification.

import type { TrialSpecification } from '../../contract/messages.ts';
import type { Plan } from '../../contract/run-file.ts';
import { OPEN_TIMEOUT_NS, STORM_TOKENS } from '../../contract/storm.ts';
import { TAIL_NS } from '../../contract/tail.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import type { SpecifiedTrial } from '../../trial/specification.ts';
import { planBroadcast, planLarge, planLongStreams, planStall } from './timetables.ts';

export type Conditions = Pick<
  TrialSpecification,
  'workload' | 'timetable' | 'stall' | 'large' | 'connecting'
> &
  Partial<Pick<TrialSpecification, 'tailNs' | 'drainNs' | 'rehearsalTokens'>>;

/** @param workload The plan's workload, with the path of its tokens on this machine. */
export function conditionsOf(
  { arm, loadPoint }: SpecifiedTrial,
  plan: Plan,
  workload: TrialSpecification['workload'],
): Conditions {
  const { tokensPerTick, messagesPerSecond, stopped, largeBytes, connecting } = loadPoint;
  const { connections } = loadPoint;
  if (messagesPerSecond !== undefined)
    return ofOneSource(plan, workload, { connections, messagesPerSecond, stopped: stopped ?? 0 });
  if (stopped !== undefined) return withStopped(plan, workload, { connections, stopped });
  if (largeBytes !== undefined)
    return {
      workload,
      timetable: planLongStreams(plan, connections),
      large: planLarge(plan, { ...loadPoint, largeBytes }),
    };
  if (connecting === 'storm') return inStorm(plan, workload);
  if (connecting === 'warm') return { workload, connecting: { kind: 'kept' } };
  // An arm without TLS opens its connections there as ever.
  if (connecting === 'resumed' && arm.tls === true)
    return { workload, connecting: { kind: 'resumed' } };
  return tokensPerTick === undefined ? { workload } : inTicks(workload, tokensPerTick);
}

/**
 * Streams rehearsed before: a storm exercises the code that opens streams, which the tokens of a
 * usual rehearsal hardly touch.
 */
const STREAMS_BEFORE_STORM = 1000;
/**
 * Time from the window's start to the storm, so that the resource meters of both processes are
 * running.
 */
const STORM_AFTER_NS = 100 * NS_PER_MS;
/** Extra drain time for streams that were accepted at the last moment. */
const AFTER_TIMEOUT_NS = 2 * NS_PER_S;

function inStorm(
  { warmupNs, windowNs, drainNs }: Plan,
  workload: TrialSpecification['workload'],
): Conditions {
  return {
    workload: { ...workload, tokensPerStream: STORM_TOKENS },
    connecting: {
      kind: 'storm',
      atNs: warmupNs + Math.min(STORM_AFTER_NS, windowNs / 2),
      timeoutNs: OPEN_TIMEOUT_NS,
    },
    drainNs: Math.max(drainNs, OPEN_TIMEOUT_NS + AFTER_TIMEOUT_NS),
    rehearsalTokens: STREAMS_BEFORE_STORM * STORM_TOKENS,
  };
}

function ofOneSource(
  plan: Plan,
  workload: TrialSpecification['workload'],
  load: {
    readonly connections: number;
    readonly messagesPerSecond: number;
    readonly stopped: number;
  },
): Conditions {
  const stall = planStall(plan, { connections: load.stopped, isInWindow: false });
  return {
    workload: { ...workload, tokensPerSecond: load.messagesPerSecond },
    timetable: planBroadcast(plan, load),
    ...(stall !== undefined && { stall }),
  };
}

function withStopped(
  plan: Plan,
  workload: TrialSpecification['workload'],
  { connections, stopped }: { readonly connections: number; readonly stopped: number },
): Conditions {
  const stall = planStall(plan, { connections: stopped, isInWindow: true });
  return {
    workload,
    timetable: planLongStreams(plan, connections),
    ...(stall !== undefined && { stall }),
  };
}

/**
 * A stream may end one gap early, but none may end before the sockets have been read after the
 * window.
 */
function inTicks(workload: TrialSpecification['workload'], tokensPerTick: number): Conditions {
  const gapNs = (tokensPerTick / workload.tokensPerSecond) * NS_PER_S;
  return { workload: { ...workload, tokensPerTick }, tailNs: TAIL_NS + gapNs };
}
