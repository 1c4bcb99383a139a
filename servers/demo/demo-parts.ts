// State shared by the routes of a demo: streams that outlive their connections, for people. None of
// them is measured.

import { DEFAULT_RESUME_LIMITS } from '../../bench/contract/recovery.ts';
import type { PayloadName } from '../../bench/contract/payload.ts';
import { MIB, NS_PER_S } from '../../bench/contract/units.ts';
import type { Workload } from '../../bench/contract/workload.ts';
import type { TwinParts } from '../admission.ts';
import { LastingStreams } from '../lasting-streams.ts';
import { DescribedStreams } from './described-streams.ts';

export const DEMO_PAYLOAD: PayloadName = 'lean';
/**
 * Bounds the streams, at more than any audience needs: a stream with a receiver cannot be dropped.
 */
const MAX_STREAMS = 1000;
/**
 * Clients retry after a second; a stream that is not resumed by then gives way to another, if there
 * is no other place.
 */
const GRACE_NS = 5 * NS_PER_S;
/** WHATWG HTML §9.2.7 advises a comment every 15 s or so. */
const HEARTBEAT_NS = 15 * NS_PER_S;

export interface DemoParts extends TwinParts {
  readonly streams: LastingStreams;
  readonly planned: DescribedStreams;
}

/** @param workloads Workloads that a request may name; the first is the default. */
export function createDemoParts(workloads: readonly [Workload, ...Workload[]]): DemoParts {
  const startedNs = process.hrtime.bigint();
  const now = (): number => Number(process.hrtime.bigint() - startedNs);
  const planned = new DescribedStreams(workloads);
  const streams = new LastingStreams({
    now,
    source: planned.defaultSource,
    payload: DEMO_PAYLOAD,
    stamps: undefined,
    backpressureBytes: MIB,
    maxStreams: MAX_STREAMS,
    graceNs: GRACE_NS,
    // No fault is planned here: the audience makes them.
    recovery: {
      isResumable: true,
      limits: DEFAULT_RESUME_LIMITS,
      heartbeatNs: HEARTBEAT_NS,
      faultNs: Number.POSITIVE_INFINITY,
    },
  });
  return { streams, planned, now };
}
