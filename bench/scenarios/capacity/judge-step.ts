// Judges from one steady trial whether a server carried a load. A load generator that is late can
// only add delay and loss: so a load carried in spite of it was carried, and a load that was not
// carried is the server's fault only when the load generator was in order, or late behind a server
// that was itself saturated.

import { quantileOf } from '../../contract/distribution.ts';
import type { CompletedTrial } from '../../contract/run-file.ts';
import type { Constraint, MeasuredStep, Objective, SearchStep } from '../../contract/search.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { amount, percent, wholeNumber } from '../../analysis/amounts.ts';
import { isDisturbance } from '../../analysis/attempts.ts';
import type { Metric } from '../../analysis/metrics/metric.ts';
import { steadyMetrics } from '../../analysis/metrics/steady.ts';
import { pacingOf } from '../../analysis/pacing.ts';
import { holds } from '../../analysis/thresholds.ts';
import { isClientAtEnd, isServerAtEnd } from './at-end.ts';
import { attainmentOf, countReceived, type WindowReceipt } from './window-receipt.ts';
import type { Outcome } from './search.ts';

/**
 * Delivery may grow from the first third of the window to the last by this factor and this much
 * more.
 */
const BACKLOG_FACTOR = 1.2;
const BACKLOG_NS = 2 * NS_PER_MS;

const clientGates: ReadonlySet<string> = new Set(['H1', 'H3', 'H4', 'H5', 'H7']);

/** A steady trial with the receipt of its window. */
export interface MeasuredLoad {
  readonly streams: number;
  readonly trial: CompletedTrial;
  readonly receipt: WindowReceipt;
}

export function judgeStep(
  { streams, trial, receipt }: MeasuredLoad,
  objectives: readonly Objective[],
): SearchStep {
  const measured = measureStep(trial, receipt, objectives);
  const missedGates = missedBy(trial, measured);
  const own = [
    ...judgeLoss(trial, measured),
    ...objectives.flatMap((objective, index) =>
      judgeObjective(objective, measured.objectives[index] ?? undefined),
    ),
    ...judgeBacklog(trial, measured),
  ];
  const failures = [...own, ...judgeClient(missedGates, measured, own.length > 0)];
  return {
    streams,
    measured,
    failed: failures.map(({ constraint }) => constraint),
    reasons: failures.map(({ reason }) => reason),
    missedGates,
    disturbedBy: trial.gates.filter(isDisturbance).map(({ id }) => id),
  };
}

/** A trial that failed as a whole has no deliveries to count. */
export function failedStep(streams: number, message: string): SearchStep {
  return {
    streams,
    failed: ['loss'],
    reasons: [`the trial failed: ${message}`],
    missedGates: [],
    disturbedBy: [],
  };
}

export function outcomeOf({ failed }: SearchStep): Outcome {
  if (failed.length === 0) return 'carried';
  return failed.includes('harness') ? 'harness' : 'failed';
}

interface Failure {
  readonly constraint: Constraint;
  readonly reason: string;
}

function measureStep(
  trial: CompletedTrial,
  receipt: WindowReceipt,
  objectives: readonly Objective[],
): MeasuredStep {
  const { client, server, distributions, planned, windowNs, steadiness } = trial;
  const seconds = windowNs / NS_PER_S;
  const [p50, p99] = [
    quantileOf(distributions.deliveryScheduledNs, 0.5),
    quantileOf(distributions.deliveryScheduledNs, 0.99),
  ];
  const backlogNs = backlogOf(steadiness);
  const pacing = pacingOf(trial);
  return {
    offeredTokensPerSecond: planned.windowTokens / seconds,
    deliveredTokensPerSecond: client.windowTokens / seconds,
    ...(p50 !== undefined && { deliveryP50Ns: p50 }),
    ...(p99 !== undefined && { deliveryP99Ns: p99 }),
    ...(backlogNs !== undefined && { backlogNs }),
    plannedTokens: receipt.deliveryNs.length,
    receivedTokens: countReceived(receipt),
    objectives: objectives.map(
      ({ metric, withinNs }) =>
        (withinNs === undefined ? asSeen(trial, metric) : attainmentOf(receipt, withinNs)) ?? null,
    ),
    errors: client.errors.reduce((sum, error) => sum + error.count, 0),
    integrityFaults:
      client.lost + client.duplicated + client.reordered + client.corrupt + client.hashMismatches,
    ...(client.tokenReads !== undefined &&
      client.tokenReads > 0 && { tokensPerRead: client.tokensReceived / client.tokenReads }),
    serverCpuNs: server.use.cpuUserNs + server.use.cpuSystemNs,
    serverTokens: server.windowTokens,
    windowNs,
    serverUtilisation: server.use.eventLoopUtilisation,
    clientUtilisation: client.use.eventLoopUtilisation,
    ...(pacing !== undefined && { pacing }),
  };
}

/**
 * Judges this window alone and infers nothing about others, so each sample counts as one, however
 * correlated neighbours are. When a server falls behind they are strongly correlated, and the
 * quantile would be missing just when it decides.
 */
function asSeen(trial: CompletedTrial, metric: string): number | undefined {
  const distributions = Object.fromEntries(
    Object.entries(trial.distributions).map(([name, one]) => [
      name,
      { ...one, effectiveCount: one.count, tailBatches: undefined },
    ]),
  );
  return steadyMetric(metric)?.value({ ...trial, distributions });
}

function steadyMetric(id: string): Metric | undefined {
  return steadyMetrics.find((metric) => metric.id === id);
}

function judgeLoss({ client }: CompletedTrial, measured: MeasuredStep): Failure[] {
  const { plannedTokens = 0, receivedTokens = 0, errors, integrityFaults } = measured;
  const never = plannedTokens - receivedTokens;
  const reasons = [
    ...(never > 0
      ? [
          `${wholeNumber(never)} of ${wholeNumber(plannedTokens)} tokens of the window were never received`,
        ]
      : []),
    ...(errors > 0
      ? [`${errors} streams failed (${client.errors.map(({ cause }) => cause).join(', ')})`]
      : []),
    ...(integrityFaults > 0 ? [`${integrityFaults} tokens were lost, repeated or damaged`] : []),
  ];
  return reasons.length === 0 ? [] : [{ constraint: 'loss', reason: reasons.join('; ') }];
}

function judgeObjective(
  { text, metric, operator, limit, withinNs }: Objective,
  value: number | undefined,
): Failure[] {
  if (value !== undefined && holds[operator](value, limit)) return [];
  const found =
    value === undefined
      ? 'too few samples'
      : withinNs === undefined
        ? amount(value, steadyMetric(metric)?.unit ?? '')
        : sharpPercent(value);
  return [{ constraint: 'objective', reason: `not ${text}: ${found}` }];
}

/** Rounds down to two decimals: 98.96 % in two digits would read as the 99 % that it missed. */
function sharpPercent(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

/**
 * Excess of the last third of the window over the limit set by the first third, ns; undefined with
 * too few tokens in either.
 */
export function backlogOf({
  firstThirdP50Ns,
  lastThirdP50Ns,
}: CompletedTrial['steadiness']): number | undefined {
  if (firstThirdP50Ns === undefined || lastThirdP50Ns === undefined) return undefined;
  return lastThirdP50Ns - BACKLOG_FACTOR * firstThirdP50Ns;
}

export function isBacklogGrowing(backlogNs: number | undefined): boolean {
  return backlogNs !== undefined && backlogNs > BACKLOG_NS;
}

function judgeBacklog(
  { steadiness: { firstThirdP50Ns, lastThirdP50Ns } }: CompletedTrial,
  { backlogNs }: MeasuredStep,
): Failure[] {
  if (!isBacklogGrowing(backlogNs) || firstThirdP50Ns === undefined || lastThirdP50Ns === undefined)
    return [];
  const [before, after] = [amount(firstThirdP50Ns, 'ns'), amount(lastThirdP50Ns, 'ns')];
  return [
    {
      constraint: 'backlog',
      reason: `delivery p50 grew from ${before} in the first third of the window to ${after} in the last`,
    },
  ];
}

function missedBy({ gates }: CompletedTrial, measured: MeasuredStep): string[] {
  const missed = gates.filter(({ id, ok }) => !ok && clientGates.has(id)).map(({ id }) => id);
  return isClientAtEnd(measured) ? ['H2', ...missed] : missed;
}

/**
 * Starts that were never issued mean that the load was never applied, whatever its result. Else the
 * load generator matters only when the load failed, unless it was merely late behind a saturated
 * server.
 */
function judgeClient(
  missed: readonly string[],
  measured: MeasuredStep,
  hasFailed: boolean,
): Failure[] {
  if (missed.includes('H1'))
    return [
      { constraint: 'harness', reason: 'the load generator did not issue all planned starts' },
    ];
  if (!hasFailed || missed.length === 0) return [];
  if (isServerAtEnd(measured) && !isClientAtEnd(measured)) return [];
  const { clientUtilisation, serverUtilisation } = measured;
  const shares = `its event loop was busy ${percent(clientUtilisation)} of the window, the server's ${percent(serverUtilisation)}`;
  return [
    { constraint: 'harness', reason: `the load generator missed ${missed.join(', ')}: ${shares}` },
  ];
}
