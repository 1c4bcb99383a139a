// Finds the agents of a run, before anything of it begins.

import { BenchError } from '../contract/errors.ts';
import type { Plan } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { whyTooSmall } from '../plan/agents.ts';
import { streamduelVersion } from '../trial/environment.ts';
import type { TrialSite } from '../trial/site.ts';

interface SiteOptions {
  readonly signal: AbortSignal;
  /** Gives the agents free in the end. */
  readonly owned: AsyncDisposableStack;
}

/**
 * Undefined for a run on this machine. @throws BenchError USAGE, or BROKER when there are not enough
 * agents
 */
export async function openSite(
  plan: Plan,
  { nats, creds }: Pick<RunFlags, 'nats' | 'creds'>,
  { signal, owned }: SiteOptions,
): Promise<TrialSite | undefined> {
  if (plan.agents === undefined) {
    if (nats === undefined) return undefined;
    throw new BenchError('USAGE', '--nats: this run was begun without agents, and goes on so');
  }
  if (nats === undefined)
    throw new BenchError('USAGE', 'this run is measured on agents', {
      hint: 'add --nats URL, where they are',
    });
  // Loaded only for runs that have a broker.
  const [{ connectToBroker }, { hashCode }, { Fleet }, { agentSite }] = await Promise.all([
    import('../agents/broker.ts'),
    import('../agents/code-hash.ts'),
    import('../agents/fleet.ts'),
    import('../agents/agent-site.ts'),
  ]);
  const connection = await connectToBroker({
    url: nats,
    credentials: creds,
    name: 'streamduel controller',
  });
  const fleet = await Fleet.open({
    connection,
    signal,
    wanted: {
      agents: plan.agents,
      codeSha256: hashCode(),
      version: streamduelVersion(),
      node: process.version,
      whyTooSmall: ({ openFiles, localPorts, ...limits }, part) =>
        whyTooSmall(plan, { openFiles, localPorts, ...limits }, part),
    },
  });
  owned.use(fleet);
  return agentSite(fleet, plan);
}
