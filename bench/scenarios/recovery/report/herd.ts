// Shows how fast a herd, all clients at once, reconnects, and the effect on the server. Policies
// stand apart and are never averaged.

import type { FaultAnalysis, FaultedArm } from '../findings.ts';
import { loadPointTitle } from '../../../contract/load-point.ts';
import { policies } from '../../../contract/reconnect-policy.ts';
import {
  capitalised,
  formatCount,
  formatEstimate,
  formatPercent,
  formatValue,
  UNKNOWN,
} from '../../../report/format.ts';
import { left, right, section } from '../../../report/blocks.ts';
import { armTitleOf } from '../../../report/report-context.ts';
import { type ChartLink } from '../../../report/sections/chart-links.ts';
import {
  causeWords,
  faultGroups,
  isHerd,
  pointOf,
  type FaultGroup,
  type RecoveryContext,
} from './recovery-context.ts';
import { heading, table, type Block, type Content, type Table } from '../../../report/blocks.ts';
import { chartFigures } from '../../../report/sections/chart-links.ts';

/** One arm under one fault. */
export interface HerdPlace {
  readonly context: RecoveryContext;
  readonly fault: FaultAnalysis;
  readonly arm: FaultedArm;
}

interface Quantity {
  readonly title: string;
  readonly cell: (place: HerdPlace) => string;
}

const perTrial = (title: string, metric: string): Quantity => ({
  title,
  cell: (place) => estimateCell(place, metric),
});

const kernelCount = (title: string, name: keyof FaultedArm['kernel']): Quantity => ({
  title,
  cell: ({ arm }) => formatCount(arm.kernel[name]),
});

const quantities: readonly Quantity[] = [
  perTrial('time until 50 % are back', 'recovered.50'),
  perTrial('time until 95 % are back', 'recovered.95'),
  perTrial('time until all are back', 'recovered.100'),
  perTrial('time to resumed stream, median', 'resumed.p50'),
  perTrial('time to resumed stream, 95th percentile', 'resumed.p95'),
  perTrial('time to resumed stream, 99th percentile', 'resumed.p99'),
  perTrial('time to resumed stream, longest', 'resumed.max'),
  perTrial('attempts per 100 ms, peak', 'attempts.peak'),
  perTrial('accepted per second, peak', 'accepts.peak'),
  { title: 'attempts, all trials', cell: ({ arm }) => formatCount(arm.attempts) },
  { title: 'accepted, all trials', cell: ({ arm }) => formatCount(arm.accepted) },
  {
    title: 'failed attempts by cause, all trials',
    cell: ({ arm }) => causeWords(arm.attemptFailures),
  },
  {
    title: 'clients back, all trials',
    cell: ({ arm }) => `${formatCount(arm.clients.resumed)} of ${formatCount(arm.clients.all)}`,
  },
  kernelCount('listen queue overflows, all trials', 'listenOverflows'),
  kernelCount('connections dropped at the listen queue, all trials', 'listenDrops'),
  kernelCount('SYN segments sent again, all trials', 'synRetransmits'),
  kernelCount('segments sent again, all trials', 'segmentsRetransmitted'),
  { title: 'server CPU, share of one CPU', cell: ({ arm }) => formatPercent(arm.serverCpuShare) },
  {
    title: 'server event loop, busiest',
    cell: ({ arm }) => formatPercent(arm.serverUtilisationMax),
  },
];

/** Empty for a run that is no herd. */
export function renderHerd(
  context: RecoveryContext,
  charts: readonly ChartLink[],
): readonly Block[] {
  if (!isHerd(context)) return [];
  return section('How the herd comes back', [
    'A client is back with the first token that it had not seen. Times and peaks are means over trials with their 95 % interval, counts are added up over' +
      ' all trials, the share of CPU and the busiest moment of the event loop are medians over trials, of the server that took the place of the killed one.',
    ...chartFigures(charts),
    ...faultGroups(context).map((group) => underPolicy(context, group)),
  ]);
}

function underPolicy(context: RecoveryContext, { title, faults }: FaultGroup): Content {
  const tables = faults.map((fault) => [
    `**${loadPointTitle({ connections: fault.loadPoint.connections })}**`,
    quantityTable(context, fault),
  ]);
  return [heading(3, capitalised(title)), policyWords(faults[0]), ...tables];
}

function policyWords(fault: FaultAnalysis | undefined): string {
  const policy = fault?.loadPoint.policy;
  return policy === undefined ? '' : `${capitalised(policies[policy].summary)}.`;
}

function quantityTable(context: RecoveryContext, fault: FaultAnalysis): Table {
  const rows = quantities.map(({ title, cell }) =>
    [title].concat(fault.arms.map((arm) => cell({ context, fault, arm }))),
  );
  return table(
    [left('what'), ...fault.arms.map(({ arm }) => right(armTitleOf(context.analysis, arm)))],
    // A quantity that no arm measured would only be a row of dashes.
    rows.filter(([, ...cells]) => cells.some((cell) => cell !== UNKNOWN)),
  );
}

function estimateCell(place: HerdPlace, metric: string): string {
  const found = herdEstimate(place, metric);
  return found === undefined ? UNKNOWN : formatEstimate(found.estimate, found.unit);
}

/** The value alone, for a narrow table. */
export function herdValue(place: HerdPlace, metric: string): string {
  const found = herdEstimate(place, metric);
  return found === undefined ? UNKNOWN : formatValue(found.estimate.value, found.unit);
}

function herdEstimate({ context, fault, arm }: HerdPlace, metric: string) {
  const unit = context.metrics.find(({ id }) => id === metric)?.unit;
  const estimate = pointOf(context, fault)?.summaries.find(
    (one) => one.metric === metric && one.arm === arm.arm,
  )?.estimate;
  return unit === undefined || estimate === undefined ? undefined : { unit, estimate };
}
