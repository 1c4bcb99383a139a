import { expect, it } from 'vitest';
import { AGENT_PROTOCOL, type Announcement } from '../contract/agent-messages.ts';
import type { AgentsPlan } from '../contract/agents.ts';
import { chooseAgents, type Wanted } from './choose-agents.ts';

const codeSha256 = 'c'.repeat(64);

function announced(name: string, given: Partial<Announcement> = {}): Announcement {
  return {
    protocol: AGENT_PROTOCOL,
    id: Buffer.from(name.padEnd(8, '.')).toString('hex').slice(0, 16),
    name,
    role: 'both',
    labels: {},
    address: '10.0.0.1',
    clockPort: 1,
    version: '1.0.0',
    node: 'v24.0.0',
    codeSha256,
    bootId: '',
    timeNamespace: '',
    cpus: 2,
    cpuModel: 'a CPU',
    os: 'Linux',
    memoryBytes: 1,
    reusesPorts: true,
    canPin: true,
    ...given,
  };
}

const wanted = (agents: AgentsPlan): Wanted => ({
  agents,
  codeSha256,
  version: '1.0.0',
  node: 'v24.0.0',
  whyTooSmall: () => undefined,
});

function namesOf(announcements: readonly Announcement[], agents: AgentsPlan): readonly string[] {
  const choice = chooseAgents(announcements, wanted(agents));
  if (choice.kind === 'missing') return [choice.words];
  return choice.agents.map(({ announcement: { name }, part }) => `${name} ${part}`);
}

it('servers come first, and agents that do one thing only before those that do both', () => {
  const there = [
    announced('a'),
    announced('b', { role: 'load' }),
    announced('c', { role: 'server' }),
    announced('d'),
  ];
  expect(namesOf(there, { load: 2, server: 1 })).toEqual(['c server', 'b load', 'a load']);
  expect(namesOf(there.toReversed(), { load: 2, server: 1 })).toEqual([
    'c server',
    'b load',
    'a load',
  ]);
});

it('no agent has two parts: a machine would be at both ends', () => {
  expect(namesOf([announced('a')], { load: 1, server: 1 })).toEqual([
    '1 load agent missing of 1 server agent and 1 load agent; there: a (server)',
  ]);
});

it('labels choose', () => {
  const there = [
    announced('a', { labels: { zone: 'b' } }),
    announced('b', { labels: { zone: 'a' } }),
    announced('c', { labels: { zone: 'a', size: 'big' } }),
  ];
  expect(namesOf(there, { load: 1, server: 1, labels: { zone: 'a' } })).toEqual([
    'b server',
    'c load',
  ]);
});

it.each([
  [{ version: '0.9.0' }, 'a (both) runs version 0.9.0, this is 1.0.0: install the same on both'],
  [{ protocol: 2 }, 'a (both) runs version 1.0.0, this is 1.0.0: install the same on both'],
  [{ node: 'v22.1.0' }, 'a (both) runs Node v22.1.0, this is v24.0.0: install the same on both'],
  [
    { codeSha256: 'd'.repeat(64) },
    'a (both) runs other code than this (dddddddddddd, not cccccccccccc): install the same on both',
  ],
  [{ leasedBy: 'x at y' }, 'a (both) works for another controller: x at y'],
])('an agent with %j does not count, and is named with the fix', (given, words) => {
  expect(namesOf([announced('a', given)], { load: 1, server: 1 })).toEqual([
    `1 server agent and 1 load agent missing of 1 server agent and 1 load agent; none is there; ${words}`,
  ]);
});

it('an agent that is too small for its part is named with the fix', () => {
  const choice = chooseAgents([announced('a'), announced('b')], {
    ...wanted({ load: 1, server: 1 }),
    whyTooSmall: ({ name }, part) =>
      name === 'b' && part === 'load' ? 'may open 100 files: raise it' : undefined,
  });
  expect(choice).toEqual({
    kind: 'missing',
    words:
      '1 load agent missing of 1 server agent and 1 load agent; there: a (server); b (both) may open 100 files: raise it',
  });
});
