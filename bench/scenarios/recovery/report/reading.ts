// Explains how to read a run with faults, what its terms mean, and what it cannot say.

import type { Analysis } from '../../../analysis/analysis.ts';
import { paths } from '../../../contract/arms/paths.ts';
import { faultNames, faultPath } from '../../../contract/faults.ts';
import type { Plan } from '../../../contract/run-file.ts';
import { absences, transportsOf } from '../../../report/mechanisms.ts';
import { armTitleOf } from '../../../report/report-context.ts';

export function readingOfFaults(analysis: Analysis): readonly string[] {
  const baseline = armTitleOf(analysis, analysis.baseline);
  return [
    '**Time to resumed stream**: from the fault until a client has a token that it had not seen, so outage, detection, waiting, connecting and replay are all in' +
      ' it. Per trial the 95th percentile of its clients; a client that never comes back counts as infinitely late, and where too many never do there is no number.',
    '**Waiting is most of it** after a fault that clients are told of: the delays before an attempt are drawn from the same seed in all arms of a block, so' +
      ' where the policy is the same, the waiting cancels in the ratio.',
    `**Ratio**: the other arm divided by ${baseline}, the baseline, paired block by block, with the 95 % interval that the blocks are compatible with. Below 1 the other arm is back sooner.`,
    ...(analysis.copy === undefined
      ? []
      : [
          `**A/A floor**: how far the same interval reaches between two equal arms, ${baseline} and its copy. Nothing finer is resolved with so many blocks.`,
        ]),
    '**Margin**: fixed before the run, 10 % or 50 ms. **Equivalent**: the whole interval lies within it. **Inconclusive**: neither a difference nor' +
      ' equivalence was shown. A row without a verdict shows neither.',
    'Where the cause lasts, its length is in both times, and **10 % of a long outage is a long time**: equivalent says nothing finer there. The difference, and the' +
      ' time after the cause was over in the table below, do.',
    '**Lost** is counted, not sampled: see below for what was declared lost and what was only missing.',
  ];
}

/** Proxies that carry out faults, whatever path the arms name. */
const faultProxies = [
  ...new Set(faultNames.flatMap((fault) => paths[faultPath(fault)].proxy ?? [])),
];

/** Moments of the reconnect clock, for the definitions. */
export const faultMoments =
  'Moments, on one monotonic clock: t_fault the fault, t_detect the client learns that its connection is lost (an error, an end, or silence for longer than the' +
  ' heartbeat rule allows), t_attempt its next attempt begins, t_open that is accepted (head of the response, 101 of WebSocket), t_first_new its first unseen' +
  ' token, t_caught_up its first token after that with delivery below 1.5 times the median before the fault; t_heal the cause is over.' +
  ' A token is due by the plan, whether or not anybody is connected.';

export function limitsOfFaults({ arms }: Plan, cpus: string): readonly string[] {
  return [
    'Server and clients ran on one machine and talked over loopback, or between two network namespaces of it: no network delay, and no loss but what a fault makes.',
    `Server, clients and relay shared ${cpus}: those who come back all at once slow down the server and themselves.`,
    ...absences(arms, {
      consequence: 'Each of them can outweigh what is left after the waiting.',
      proxies: faultProxies,
    }),
    'The relay ends, holds or resets connections as a proxy does; it drops no packets, so how TCP itself recovers from loss is seen only in the faults that' +
      ' are made between network namespaces.',
    'Real clients add what is not in here: resolving a name, a captive portal, a radio that wakes up, a page that was put to sleep.',
    ...transportsOf(arms).flatMap(({ texts }) => texts.ownResume ?? []),
  ];
}
