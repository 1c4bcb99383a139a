// Counts the peers that a server still holds: before a fault, once a dead one should have been noticed, and at the end.

import type { Fault } from '../../../contract/faults.ts';
import type { FromServer, TrialSpecification } from '../../../contract/messages.ts';
import { DEAD_AFTER } from '../../../contract/reconnect-policy.ts';
import type { PeerCount } from '../../../contract/recovery.ts';
import { NS_PER_MS, NS_PER_S } from '../../../contract/units.ts';
import { sleepUntil } from '../../../trial/trial-moments.ts';
import { START_TIMEOUT_MS } from '../../../trial/trial-processes.ts';
import type { Worker } from '../../../trial/worker.ts';

/** Slack after the heartbeat rule: for the rule's own granularity, and for attempts in progress. */
const SLACK_NS = NS_PER_S;
const BEFORE_NS = 120 * NS_PER_MS;

export async function countPeers(server: Worker<FromServer>, signal: AbortSignal): Promise<PeerCount> {
  server.send({ kind: 'count-peers' });
  return (await server.expect('peer-count', START_TIMEOUT_MS, signal)).peers;
}

interface WatchOptions {
  readonly epochNs: bigint;
  readonly specification: TrialSpecification;
  readonly fault: Fault;
  readonly server: Worker<FromServer>;
  readonly signal: AbortSignal;
}

/** Dead peers are counted only in an outage that is longer than the rule, and only at a server that survives it. */
export async function watchPeers({ epochNs, specification, fault, server, signal }: WatchOptions): Promise<{
  before: PeerCount | undefined;
  dead: PeerCount | undefined;
}> {
  const { recovery } = specification;
  if (recovery === undefined) return { before: undefined, dead: undefined };
  const { faultNs, outageNs, heartbeatNs } = recovery;
  await sleepUntil(epochNs, faultNs - BEFORE_NS, signal);
  const before = await countPeers(server, signal);
  const deadNs = DEAD_AFTER * (heartbeatNs ?? Number.POSITIVE_INFINITY) + SLACK_NS;
  if (fault.action.by === 'process' || outageNs < deadNs) return { before, dead: undefined };
  await sleepUntil(epochNs, faultNs + deadNs, signal);
  return { before, dead: await countPeers(server, signal) };
}
