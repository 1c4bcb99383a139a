// Counts the peers that a server still holds: before a fault, once a dead one should have been
// noticed, and at the end.

import type { Fault } from '../../../contract/faults.ts';
import type { FromServer } from '../../../contract/messages.ts';
import { DEAD_AFTER } from '../../../contract/reconnect-policy.ts';
import type { PeerCount } from '../../../contract/recovery.ts';
import { NS_PER_MS, NS_PER_S } from '../../../contract/units.ts';
import { onlyOne } from '../../../trial/merge-tallies.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';
import { START_TIMEOUT_MS } from '../../../trial/trial-processes.ts';
import type { Worker } from '../../../trial/worker.ts';

/** Slack after the heartbeat rule: for the rule's own granularity, and for attempts in progress. */
const SLACK_NS = NS_PER_S;
const BEFORE_NS = 120 * NS_PER_MS;

export async function countPeers(
  server: Worker<FromServer>,
  signal: AbortSignal,
): Promise<PeerCount> {
  server.send({ kind: 'count-peers' });
  return (await server.expect('peer-count', START_TIMEOUT_MS, signal)).peers;
}

/**
 * Dead peers are counted only in an outage that is longer than the rule, and only at a server that
 * survives it.
 */
export async function watchPeers(
  { specification: { recovery }, servers, until, signal }: RunningTrial<'recovery-tally'>,
  fault: Fault,
): Promise<{ before: PeerCount | undefined; dead: PeerCount | undefined }> {
  if (recovery === undefined) return { before: undefined, dead: undefined };
  const { faultNs, outageNs, heartbeatNs } = recovery;
  const server = onlyOne(servers.workers);
  await until(faultNs - BEFORE_NS);
  const before = await countPeers(server, signal);
  const deadNs = DEAD_AFTER * (heartbeatNs ?? Number.POSITIVE_INFINITY) + SLACK_NS;
  if (fault.action.by === 'process' || outageNs < deadNs) return { before, dead: undefined };
  await until(faultNs + deadNs);
  return { before, dead: await countPeers(server, signal) };
}
