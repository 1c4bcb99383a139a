import { expect, it } from 'vitest';
import { agentsOfRun } from '../../analysis/agents-of-run.ts';
import type { AgentShare } from '../../contract/agents.ts';
import { fullAnalysis } from '../report-fixture.ts';
import { renderMarkdown } from '../formats/markdown.ts';
import { renderAgents } from './agents.ts';

const share = (given: Partial<AgentShare>): AgentShare => ({
  agent: 'a',
  part: 'server',
  address: '10.0.0.1',
  machine: 0,
  cpus: 8,
  cpuModel: 'a CPU',
  streams: 100,
  tokens: 5000,
  skewNs: 0,
  clockBoundNs: 0,
  exchanges: 0,
  driftPerMillion: 0,
  deviationNs: 0,
  startLeadNs: 380e6,
  ...given,
});

const trial = (skewNs: number, clockBoundNs: number) => ({
  agents: {
    reference: 'a',
    shares: [
      share({}),
      share({
        agent: 'b',
        part: 'load',
        address: '10.0.0.2',
        machine: 1,
        skewNs,
        clockBoundNs,
        driftPerMillion: -3,
      }),
    ],
  },
});

function textOf(trials: Parameters<typeof agentsOfRun>[0], messages: readonly string[]): string {
  const agents = agentsOfRun(trials);
  return renderMarkdown(
    renderAgents({
      ...fullAnalysis(),
      ...(agents !== undefined && { agents }),
      failures: messages.map((message, index) => ({
        trial: index + 7,
        arm: 'sse',
        message,
        hint: undefined,
      })),
    }),
  );
}

it('says nothing of a run on one machine', () => {
  expect(textOf([{}], ['agent b was lost in second 3 of the trial'])).toBe('');
});

it('says who took part, and the worst of each clock', () => {
  const text = textOf([trial(2000, 9000), trial(-5000, 4000)], []);
  expect(text).toContain('ran on 2 agents on 2 machines');
  expect(text).toMatch(
    /\| b +\| load +\| 10\.0\.0\.2 +\| 8 × a CPU +\| +2 +\| +100 +\| +5[,\s]?000 +\|/,
  );
  expect(text).toMatch(/\| a +\| +the reference +\|/);
  expect(text).toMatch(/\| b +\| +5(\.0+)? µs +\| +9(\.0+)? µs +\| +3\.00 ppm +\|/);
  expect(text).toContain('No agent was lost in a trial.');
});

it('names the agents that were lost, with the trial, and no other failure', () => {
  const lost = 'agent b (load, 10.0.0.2) was lost in second 3 of the trial: it was not heard';
  const text = textOf([trial(0, 1)], [lost, 'the sse server process ended']);
  expect(text).toContain('Agents were lost. Nothing of such a trial is counted:');
  expect(text).toContain(`trial 7: ${lost}`);
  expect(text).not.toContain('trial 8');
});
