// The two texts that keep a reader from taking the result for more than it is: how to read the table, what it cannot say.

import type { Analysis } from '../../analysis/analysis.ts';
import { armTitleOf } from '../report-context.ts';
import { bulletList, section } from '../markdown.ts';

export function renderHowToRead(analysis: Analysis): string {
  const baseline = armTitleOf(analysis, analysis.baseline);
  return section('How to read this', [
    bulletList([
      `**Ratio**: the other arm divided by ${baseline}, the baseline, paired block by block. Below 1 the other arm's number is smaller, which is better` +
        ' for every endpoint in the table unless its definition says otherwise.',
      '**Interval** (95 % CI): the ratios that the blocks are compatible with. Its unit is the trial, a fresh pair of processes; many tokens in one trial do not narrow it.',
      '**Margin**: fixed before the run. A difference inside it does not matter in practice, whether or not it was detected.',
      '**Equivalent**: the whole interval lies within the margin. **Inconclusive**: neither a difference nor equivalence was shown; more blocks may show either.',
      '**Not resolvable**: this machine is too noisy for this endpoint at this number of blocks.',
    ]),
  ]);
}

export function renderLimits({ environment, plan }: Analysis): string {
  const clients = [...new Set(plan.arms.map((arm) => arm.client))];
  return section('What this result does not say', [
    'It is about these implementations, in these versions, on this machine. It is not about Server-Sent Events and WebSocket in general.',
    bulletList([
      'Server and client ran on one machine and talked over loopback: no network delay, no loss, segments larger than those of Ethernet.',
      `Both ends shared ${environment.cpus} CPU${environment.cpus === 1 ? '' : 's'}. Much of the work of receiving is charged to the sender there, so CPU per token is not that of a server alone.`,
      'No TLS, no HTTP/2, no compression and no proxy took part. Each of them can outweigh the difference between the transports.',
      ...(clients.length === 1 && clients[0] === 'probe'
        ? [
            'Tokens were received by the probe, which does less work than any client library or browser. Measure those with `--client library`.',
          ]
        : []),
      'The text is real but the timing is modelled: no language model ran, and prefill is a planned wait.',
      'There is no overall winner: which endpoint matters depends on what you build.',
    ]),
  ]);
}
