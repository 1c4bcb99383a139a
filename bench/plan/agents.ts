// Parses how many agents a run is measured on, and refuses what no agent runs.

import { armName } from '../contract/arms/arms.ts';
import { DEFAULT_PATH } from '../contract/arms/paths.ts';
import { isBrowser } from '../contract/arms/stacks.ts';
import {
  LABEL_NAME,
  LABEL_VALUE,
  MAX_LABELS,
  type AgentPart,
  type AgentsPlan,
} from '../contract/agents.ts';
import { BenchError } from '../contract/errors.ts';
import type { Plan } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { filesOfProcess, type MachineLimits } from './limits.ts';
import { mostConnections, portsHeld } from './ports.ts';
import { MAX_PROCESSES } from './processes.ts';
import { parseCount, usageError } from './quantities.ts';
import { BUNDLED } from './workloads.ts';

type AgentFlags = Pick<
  RunFlags,
  'nats' | 'loadAgents' | 'serverAgents' | 'agentLabels' | 'clientProcesses' | 'serverProcesses'
>;

/** Undefined for a run on this machine. @throws BenchError USAGE */
export function readAgents(flags: AgentFlags): AgentsPlan | undefined {
  const { nats, loadAgents, serverAgents, agentLabels } = flags;
  if (nats === undefined) {
    const given = Object.entries({
      '--load-agents': loadAgents,
      '--server-agents': serverAgents,
      '--agent-labels': agentLabels,
    }).find(([, value]) => value !== undefined);
    if (given === undefined) return undefined;
    throw usageError(given[0], String(given[1]), 'it together with --nats, where the agents are');
  }
  const labels = parseLabels('--agent-labels', agentLabels);
  return {
    load: readCount('--load-agents', loadAgents),
    server: readCount('--server-agents', serverAgents),
    ...(Object.keys(labels).length > 0 && { labels: { ...labels } }),
  };
}

function readCount(flag: string, value: string | undefined): number {
  return value === undefined ? 1 : parseCount(flag, value, 1, MAX_PROCESSES);
}

/** `zone=a,size=big`. @throws BenchError USAGE */
export function parseLabels(
  flag: string,
  text: string | undefined,
): Readonly<Record<string, string>> {
  const entries = (text ?? '').split(',').filter((entry) => entry !== '');
  if (entries.length > MAX_LABELS)
    throw usageError(flag, String(text), `at most ${MAX_LABELS} labels`);
  return Object.fromEntries(
    entries.map((entry) => {
      const [name = '', value = '', ...rest] = entry.split('=');
      if (rest.length > 0 || !LABEL_NAME.test(name) || !LABEL_VALUE.test(value))
        throw usageError(flag, entry, 'a name and a value, as zone=a');
      return [name, value] as const;
    }),
  );
}

/** Each agent has as many processes as its fellows, one unless more are asked for. */
export function processesOnAgents(
  agents: AgentsPlan,
  flags: AgentFlags,
): Pick<RunFlags, 'clientProcesses' | 'serverProcesses'> {
  const { clientProcesses = String(agents.load), serverProcesses = String(agents.server) } = flags;
  checkMultiple('--client-processes', clientProcesses, agents.load);
  checkMultiple('--server-processes', serverProcesses, agents.server);
  return { clientProcesses, serverProcesses };
}

function checkMultiple(flag: string, value: string, agents: number): void {
  if (parseCount(flag, value, 1, MAX_PROCESSES) % agents !== 0)
    throw usageError(
      flag,
      value,
      `${agents} or a multiple of it: each of ${agents} agents gets as many`,
    );
}

function refuse(what: string, instead: string): never {
  throw new BenchError('USAGE', `--nats: agents do not run ${what}`, { hint: instead });
}

/** @throws BenchError USAGE for a plan that has something that no agent runs */
export function checkAgents(plan: Plan): void {
  if (plan.agents === undefined) return;
  const arm = plan.arms.find(({ path }) => path !== DEFAULT_PATH);
  if (arm !== undefined)
    refuse(`${armName(arm)}: the network between them is the path`, `measure over ${DEFAULT_PATH}`);
  const page = plan.arms.find(({ client }) => isBrowser(client));
  if (page !== undefined) refuse(`${armName(page)}: a browser`, 'measure with --client probe');
  const secured = plan.arms.find(({ tls }) => tls === true);
  if (secured !== undefined)
    refuse(`${armName(secured)}: TLS`, 'leave it out, or measure without --nats');
  if (plan.canary !== undefined) refuse('a canary', 'measure without --canary');
  if (plan.source === 'upstream') refuse('an upstream', 'measure without --source upstream');
  if (plan.workload.tokenFile !== BUNDLED)
    refuse(
      `workload ${plan.workload.name}: they have no other tokens than this program's`,
      'measure one of those that streamduel list workloads names',
    );
}

/** Why an agent cannot carry its part of the plan, with the fix; undefined where it can. */
export function whyTooSmall(
  plan: Plan,
  limits: MachineLimits & { readonly canPin: boolean },
  part: AgentPart,
): string | undefined {
  const { agents, clientProcesses = 1, serverProcesses = 1 } = plan;
  if (agents === undefined) return undefined;
  if (plan.pin && !limits.canPin)
    return 'cannot bind processes to CPUs: install util-linux there, or measure with --no-pin';
  const connections = mostConnections(plan);
  const files = filesOfProcess(connections / (part === 'load' ? clientProcesses : serverProcesses));
  const { openFiles, localPorts } = limits;
  if (openFiles !== undefined && files > openFiles)
    return `may open ${openFiles} files in a process, and its share needs ${files}: raise it with ulimit -n ${files}, or take more agents`;
  const ports = portsHeld(plan, connections / agents.load, limits);
  if (part === 'load' && localPorts !== undefined && ports > localPorts)
    return `has ${localPorts} local ports, and its share needs ${ports}: widen net.ipv4.ip_local_port_range there, or take more agents`;
  return undefined;
}
