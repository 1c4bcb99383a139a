// Shows what each arm carried, which constraint failed first beyond it, and whether the server was
// the bottleneck.

import { strict as assert } from 'node:assert';
import type { Estimate } from '../../analysis/statistics/estimate.ts';
import type { ArmCapacity, CapacityAnalysis, CapacityFindings, ClientProof } from './findings.ts';
import { CLIENT_LIMIT } from './at-end.ts';
import {
  constraints,
  searchEnds,
  type Constraint,
  type SearchEnd,
  type SearchPlan,
} from '../../contract/search.ts';
import {
  capitalised,
  formatCount,
  formatEstimate,
  formatNumber,
  formatPercent,
  formatSetting,
  UNKNOWN,
} from '../../report/format.ts';
import { left, right } from '../../report/blocks.ts';
import { armTitleOf, type ReportContext } from '../../report/report-context.ts';
import { list, table, type List, type Table } from '../../report/blocks.ts';

export interface CapacityContext extends ReportContext {
  readonly capacity: CapacityAnalysis;
  readonly search: SearchPlan;
}

export function capacityContext(context: ReportContext<CapacityFindings>): CapacityContext {
  const { capacity, plan } = context.analysis;
  assert(plan.search !== undefined, 'a plan of searches must have their settings');
  return { ...context, capacity, search: plan.search };
}

export const constraintWords: Record<Constraint, string> = {
  loss: 'loss',
  objective: 'the objective',
  backlog: 'a growing backlog',
  harness: 'the load generator',
};

export function renderCapacityTable(context: CapacityContext): Table {
  const rows = context.capacity.arms.map((one) => [
    armTitleOf(context.analysis, one.arm),
    streamsCell(context, one),
    formatEstimate(summaryOf(context, one, 'capacity.tokens'), 'tokens/s'),
    failureWords(one) ?? UNKNOWN,
    shares(summaryOf(context, one, 'elu.server.loaded')?.value, one.beyond?.serverUtilisation),
    shares(summaryOf(context, one, 'elu.client.loaded')?.value, one.beyond?.clientUtilisation),
    formatCount(one.searches),
  ]);
  return table(
    [
      left('arm'),
      right('streams carried [95 % CI]'),
      right('tokens carried'),
      left('the next load failed by'),
      right('server busy, there and beyond'),
      right('client busy, there and beyond'),
      right('searches'),
    ],
    rows,
  );
}

/**
 * `3 012 [2 950, 3 075]`, or `at least 400` when a search ended at a limit of the harness or of the
 * plan.
 */
function streamsCell(context: CapacityContext, one: ArmCapacity): string {
  const estimate = summaryOf(context, one, 'capacity.streams');
  if (countAtLeast(one) === 0) return formatEstimate(estimate, 'count');
  return one.lowerStreams === undefined ? UNKNOWN : `at least ${formatCount(one.lowerStreams)}`;
}

function shares(at: number | undefined, beyond: number | undefined): string {
  return at === undefined && beyond === undefined
    ? UNKNOWN
    : `${formatPercent(at, 2)}, ${formatPercent(beyond, 2)}`;
}

function summaryOf(
  { analysis }: CapacityContext,
  { arm }: ArmCapacity,
  metric: string,
): Estimate | undefined {
  return analysis.loadPoints
    .flatMap(({ summaries }) => summaries)
    .find((one) => one.metric === metric && one.arm === arm)?.estimate;
}

function countAtLeast({ ends }: ArmCapacity): number {
  return ends.harness + ends.most;
}

/** `the objective (5 of 6), a growing backlog (2)`; undefined when no load failed. */
export function failureWords({ failedBy, searches }: ArmCapacity): string | undefined {
  const counted = constraints
    .filter((one) => failedBy[one] > 0)
    .toSorted((a, b) => failedBy[b] - failedBy[a]);
  if (counted.length === 0) return undefined;
  return counted
    .map(
      (one, index) =>
        `${constraintWords[one]} (${failedBy[one]}${index === 0 ? ` of ${formatCount(searches)}` : ''})`,
    )
    .join(', ');
}

/** Sentences on searches without an answer, or with a less certain one than planned. */
export function renderEnds(context: CapacityContext): List {
  const { capacity, analysis, search } = context;
  const sentences = capacity.arms.flatMap(({ arm, ends, searches }) =>
    searchEnds
      .filter((end) => ends[end] > 0)
      .flatMap((end) => {
        const words = endSentences[end]?.(search);
        return words === undefined
          ? []
          : [
              `${armTitleOf(analysis, arm)}: ${formatCount(ends[end])} of ${formatCount(searches)} searches ${words}`,
            ];
      }),
  );
  return list(sentences);
}

const endSentences: Partial<Record<SearchEnd, (search: SearchPlan) => string>> = {
  harness: () =>
    'were **HARNESS LIMITED**: they ended at the load generator, not at the server. What was carried is "at least", no capacity. More load processes (`--client-processes`) or another machine may reach the server\'s end.',
  most: ({ mostStreams }) =>
    `carried the most that they may ask for, ${formatCount(mostStreams)} streams: "at least", no capacity. Ask for more with \`--connections\`, or for faster streams with \`--rate\`.`,
  least: () => 'found not even the lowest load carried: they have no answer.',
  steps: ({ maxSteps }) => `ended after ${formatCount(maxSteps)} steps, before their answer stood.`,
};

/**
 * Whether the load generator could have carried more than any server did. undefined before it was
 * measured.
 */
export function proofSentence({ capacity: { proof } }: CapacityContext): string | undefined {
  if (proof === undefined) return undefined;
  const { step, timesBest, isPassed } = proof;
  const load = `over a bare socket (the null arm) at ${formatCount(step.streams)} streams, ${formatNumber(timesBest)} times the best answer`;
  if (isPassed)
    return `Proof of the client: passed. ${capitalised(load)}, the load generator missed none of its gates (event loop busy ${busyOf(proof)}, limit ${formatSetting(CLIENT_LIMIT, 'ratio')}), so it was not what the searches ended at.`;
  const why =
    step.measured === undefined
      ? step.reasons.join('; ')
      : `it missed ${step.missedGates.join(', ')}, its event loop busy ${busyOf(proof)}`;
  return `Proof of the client: **failed**. ${capitalised(load)}, the load generator was at its own limit (${why}). So the answers above may be those of this client and this machine as much as of the server: hold them against how busy each of them was.`;
}

function busyOf({ step }: ClientProof): string {
  return `${formatPercent(step.measured?.clientUtilisation, 2)} of the window`;
}
