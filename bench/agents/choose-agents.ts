// Chooses the agents of a run among those that were announced, or says who is missing and why those
// that are there do not count.

import type { AgentPart, AgentsPlan } from '../contract/agents.ts';
import { AGENT_PROTOCOL, type Announcement } from '../contract/agent-messages.ts';

export interface Wanted {
  readonly agents: AgentsPlan;
  readonly codeSha256: string;
  readonly version: string;
  readonly node: string;
  /** Why the machine is too small for its part, with the fix; undefined where it is not. */
  readonly whyTooSmall: (announcement: Announcement, part: AgentPart) => string | undefined;
}

interface ChosenAgent {
  readonly announcement: Announcement;
  readonly part: AgentPart;
}

export type Choice =
  | { readonly kind: 'quorum'; readonly agents: readonly ChosenAgent[] }
  | { readonly kind: 'missing'; readonly words: string };

/** Servers come first. An agent that can do one part only is chosen before one that can do both. */
export function chooseAgents(announced: readonly Announcement[], wanted: Wanted): Choice {
  const sorted = announced.toSorted((one, other) =>
    one.name === other.name ? compare(one.id, other.id) : compare(one.name, other.name),
  );
  const fit = sorted.filter((one) => whyUnfit(one, wanted) === undefined);
  const taken = new Set<string>();
  const take = (part: AgentPart, count: number): readonly ChosenAgent[] => {
    const able = fit.filter(
      (one) =>
        (one.role === part || one.role === 'both') &&
        !taken.has(one.id) &&
        wanted.whyTooSmall(one, part) === undefined,
    );
    const first = [
      ...able.filter(({ role }) => role === part),
      ...able.filter(({ role }) => role === 'both'),
    ].slice(0, count);
    for (const { id } of first) taken.add(id);
    return first.map((announcement) => ({ announcement, part }));
  };
  const { server, load } = wanted.agents;
  const servers = take('server', server);
  const loads = take('load', load);
  if (servers.length === server && loads.length === load)
    return { kind: 'quorum', agents: [...servers, ...loads] };
  return { kind: 'missing', words: missingWords(sorted, wanted, { servers, loads }) };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Undefined for an agent that may take part. */
function whyUnfit(
  { protocol, version, node, codeSha256, leasedBy, labels }: Announcement,
  wanted: Wanted,
): string | undefined {
  if (protocol !== AGENT_PROTOCOL || version !== wanted.version)
    return `runs version ${version}, this is ${wanted.version}: install the same on both`;
  if (node !== wanted.node)
    return `runs Node ${node}, this is ${wanted.node}: install the same on both`;
  if (codeSha256 !== wanted.codeSha256)
    return `runs other code than this (${codeSha256.slice(0, 12)}, not ${wanted.codeSha256.slice(0, 12)}): install the same on both`;
  const lacks = Object.entries(wanted.agents.labels ?? {}).find(
    ([name, value]) => labels[name] !== value,
  );
  if (lacks !== undefined) return `does not have the label ${lacks[0]}=${lacks[1]}`;
  if (leasedBy !== undefined) return `works for another controller: ${leasedBy}`;
  return undefined;
}

interface Found {
  readonly servers: readonly ChosenAgent[];
  readonly loads: readonly ChosenAgent[];
}

function missingWords(
  announced: readonly Announcement[],
  wanted: Wanted,
  { servers, loads }: Found,
): string {
  const { load, server } = wanted.agents;
  const lacking = [
    ...(servers.length < server ? [agentsWords(server - servers.length, 'server')] : []),
    ...(loads.length < load ? [agentsWords(load - loads.length, 'load')] : []),
  ].join(' and ');
  const chosen = new Set([...servers, ...loads].map(({ announcement: { id } }) => id));
  const others = announced
    .filter(({ id }) => !chosen.has(id))
    .map((one) => `${one.name} (${one.role}) ${whyNotTaken(one, wanted)}`);
  const there = [...servers, ...loads].map(
    ({ announcement: { name }, part }) => `${name} (${part})`,
  );
  return [
    `${lacking} missing of ${agentsWords(server, 'server')} and ${agentsWords(load, 'load')}`,
    there.length === 0 ? 'none is there' : `there: ${there.join(', ')}`,
    ...others,
  ].join('; ');
}

function agentsWords(count: number, part: AgentPart): string {
  return `${count} ${part} ${count === 1 ? 'agent' : 'agents'}`;
}

function whyNotTaken(one: Announcement, wanted: Wanted): string {
  const { role } = one;
  return (
    whyUnfit(one, wanted) ??
    (role === 'both' ? (['server', 'load'] as const) : [role])
      .map((part) => wanted.whyTooSmall(one, part))
      .find((why) => why !== undefined) ??
    'has another role'
  );
}
