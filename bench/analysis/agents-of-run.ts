// Sums up what each agent did in a run, and how its clock was.

import type { AgentsRecord, AgentShare } from '../contract/agents.ts';
import { median } from './statistics/moments.ts';

export interface AgentOfRun extends Pick<
  AgentShare,
  'agent' | 'part' | 'address' | 'machine' | 'cpus' | 'cpuModel'
> {
  readonly trials: number;
  /** Medians over trials. */
  readonly streams: number;
  readonly tokens: number;
  /** The largest of any trial, without their signs. */
  readonly skewNs: number;
  readonly clockBoundNs: number;
  readonly driftPerMillion: number;
  readonly deviationNs: number;
  /** The smallest of any trial. */
  readonly startLeadNs: number;
}

export interface AgentsOfRun {
  /** The agents whose clocks the others were held against. */
  readonly references: readonly string[];
  /** In the order in which they took part. */
  readonly agents: readonly AgentOfRun[];
}

/** Undefined for a run without agents. */
export function agentsOfRun(
  trials: readonly { readonly agents?: AgentsRecord | undefined }[],
): AgentsOfRun | undefined {
  const records = trials.flatMap(({ agents }) => agents ?? []);
  if (records.length === 0) return undefined;
  const shares = records.flatMap((record) => record.shares);
  const byAgent = Map.groupBy(shares, ({ agent, part }) => `${part} ${agent}`);
  return {
    references: [...new Set(records.map(({ reference }) => reference))],
    agents: [...byAgent.values()].flatMap((own) => {
      const [first] = own;
      return first === undefined ? [] : [sumUp(first, own)];
    }),
  };
}

function sumUp(first: AgentShare, own: readonly AgentShare[]): AgentOfRun {
  const { agent, part, address, machine, cpus, cpuModel } = first;
  const largest = (of: (share: AgentShare) => number): number =>
    Math.max(...own.map((share) => Math.abs(of(share))));
  return {
    agent,
    part,
    address,
    machine,
    cpus,
    cpuModel,
    trials: own.length,
    streams: median(own.map(({ streams }) => streams)) ?? 0,
    tokens: median(own.map(({ tokens }) => tokens)) ?? 0,
    skewNs: largest(({ skewNs }) => skewNs),
    clockBoundNs: largest(({ clockBoundNs }) => clockBoundNs),
    driftPerMillion: largest(({ driftPerMillion }) => driftPerMillion),
    deviationNs: largest(({ deviationNs }) => deviationNs),
    startLeadNs: Math.min(...own.map(({ startLeadNs }) => startLeadNs)),
  };
}
