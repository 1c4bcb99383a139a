// Shows who took part in a run on agents, what each did, and how far its clock can be trusted.

import type { AgentOfRun } from '../../analysis/agents-of-run.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { formatCount, formatValue } from '../format.ts';
import { left, list, right, section, table, type Block } from '../blocks.ts';

/** Empty for a run on one machine alone. */
export function renderAgents({ agents: run, failures }: Analysis): readonly Block[] {
  if (run === undefined) return [];
  const { agents, references } = run;
  const machines = new Set(agents.map(({ machine }) => machine)).size;
  const lost = failures.filter(({ message }) => message.includes(' was lost '));
  return section('Agents', [
    `The servers and load processes ran on ${formatCount(agents.length)} agents on ${machines === 1 ? 'one machine' : `${formatCount(machines)} machines`}. Each load agent replayed an equal share of one seeded workload; streams and tokens are medians of its trials.`,
    table(
      [
        left('agent'),
        left('part'),
        left('address'),
        left('CPU'),
        right('trials'),
        right('streams'),
        right('tokens'),
      ],
      agents.map((one) => [
        one.agent,
        one.part,
        one.address,
        `${one.cpus} × ${one.cpuModel}`,
        formatCount(one.trials),
        formatCount(one.streams),
        formatCount(one.tokens),
      ]),
    ),
    `All of a trial start at one instant. Stamps that were exchanged before, during and after each trial hold the clock of every agent against that of ${references.join(', ')}: skew is how far its start was from that instant, and is taken out of its stamps; the bound is what the exchanges leave open, and is in every one-way time. The largest of all trials:`,
    table(
      [
        left('agent'),
        right('skew of the start'),
        right('clock bound'),
        right('drift'),
        right('off a steady drift'),
        right('order to start came before it by'),
      ],
      agents.map(clockRow(references)),
    ),
    lost.length === 0
      ? 'No agent was lost in a trial.'
      : 'Agents were lost. Nothing of such a trial is counted:',
    list(lost.map(({ trial, message }) => `trial ${trial}: ${message}`)),
  ]);
}

function clockRow(references: readonly string[]) {
  return (one: AgentOfRun): string[] => {
    const isReference = references.length === 1 && references[0] === one.agent;
    const clock = isReference
      ? ['the reference', '', '', '']
      : [
          formatValue(one.skewNs, 'ns'),
          formatValue(one.clockBoundNs, 'ns'),
          `${one.driftPerMillion.toFixed(2)} ppm`,
          formatValue(one.deviationNs, 'ns'),
        ];
    return [one.agent, ...clock, formatValue(one.startLeadNs, 'ns')];
  };
}
