// The share of each agent in a trial, for its record.

import type { AgentShare, AgentsRecord } from '../contract/agents.ts';
import type { CountedTrial } from '../trial/site.ts';
import type { ProvenClocks } from './clocks-of-trial.ts';
import type { Member } from './member.ts';

/** The `index`-th process of a kind ran on its agent number `index` modulo their count. */
export function sharesOf(
  members: readonly Member[],
  clocks: ProvenClocks,
  { servers, clients }: CountedTrial,
): AgentsRecord {
  const machines = [...new Set(members.map(machineOf))];
  const [reference] = members;
  const counted = {
    server: servers.map((tally) => ({
      streams: tally.streamsOpened,
      tokens: tally.tokensWritten,
    })),
    load: clients.map(({ streamsStarted = 0, tokensReceived = 0 }) => ({
      streams: streamsStarted,
      tokens: tokensReceived,
    })),
  };
  return {
    reference: reference?.announcement.name ?? '',
    shares: members.map((member): AgentShare => {
      const { name, address, cpus, cpuModel } = member.announcement;
      const alike = members.filter(({ part }) => part === member.part);
      const own = counted[member.part].filter((_, index) => alike[index % alike.length] === member);
      const { fit, agreedNs, exchanges, startLeadNs } = clocks.of(member);
      return {
        agent: name,
        part: member.part,
        address,
        machine: machines.indexOf(machineOf(member)),
        cpus,
        cpuModel,
        streams: own.reduce((sum, { streams }) => sum + streams, 0),
        tokens: own.reduce((sum, { tokens }) => sum + tokens, 0),
        skewNs: agreedNs - fit.offsetNs(0),
        clockBoundNs: fit.boundNs,
        exchanges,
        driftPerMillion: fit.driftPerMillion,
        deviationNs: fit.deviationNs,
        startLeadNs,
      };
    }),
  };
}

/** Agents in containers of one machine share it. */
export function machineOf({ announcement: { bootId, id } }: Member): string {
  return bootId === '' ? id : bootId;
}
