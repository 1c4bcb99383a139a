// The pairs of targets that share a server, side by side: in which servers which verdict holds, where
// it turns round, and what else differs there.

import type { LoadPointAnalysis, PairNames } from '../../analysis/analysis.ts';
import { armName } from '../../contract/arms/arms.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { Target } from '../../contract/target.ts';
import { estimateOf, unitOf } from '../../report/arm-estimates.ts';
import { left, list, right, table, type Content, type Table } from '../../report/blocks.ts';
import { formatNumber, formatRatio, formatValue, UNKNOWN } from '../../report/format.ts';
import { listWords } from '../../report/mechanisms.ts';
import {
  contendingPairs,
  metricText,
  verdictComparisons,
  type ArmComparison,
  type MetricText,
  type ReportContext,
} from '../../report/report-context.ts';
import { verdictLabel } from '../../report/verdict-words.ts';

interface ServerPair {
  /** The server's name, with the other target's where one server has several pairs. */
  readonly title: string;
  readonly names: PairNames;
  /** The names of the arms, baseline first, and what a table calls them. */
  readonly arms: readonly [string, string];
  readonly sides: readonly [string, string];
}

/** Empty unless the targets name at least two servers, each with a pair. */
export function serverPairs(
  { analysis }: ReportContext,
  point: LoadPointAnalysis,
): readonly ServerPair[] {
  const { plan, baseline: first } = analysis;
  const targetOf = (name: string): Target | undefined => {
    const arm = plan.arms.find((candidate) => armName(candidate) === name);
    return plan.targets?.targets.find((target) => target.name === arm?.target);
  };
  const found = contendingPairs(point).flatMap((names) => {
    const arms = [names.baselineArm ?? first, names.otherArm] as const;
    const [baseline, other] = [targetOf(arms[0]), targetOf(arms[1])];
    if (baseline?.server === undefined || baseline.server !== other?.server) return [];
    return [{ server: baseline.server, names, arms, baseline, other }];
  });
  if (new Set(found.map(({ server }) => server)).size < 2) return [];
  const byTransport = found.map(({ baseline, other }) =>
    [baseline, other].map(({ transport }) => transports[transport].title).join('\0'),
  );
  const [shared = ''] = byTransport;
  const [one = '', two = ''] = shared.split('\0');
  const isAlike = one !== two && byTransport.every((titles) => titles === shared);
  return found.map(({ server, names, arms, baseline, other }) => ({
    title:
      found.filter((pair) => pair.server === server).length === 1
        ? server
        : `${server}, ${other.name}`,
    names,
    arms,
    sides: isAlike ? [one, two] : [baseline.name, other.name],
  }));
}

/** The sentences, and two tables with a row for each server; empty without servers. */
export function renderServers(context: ReportContext, point: LoadPointAnalysis): Content {
  const pairs = serverPairs(context, point);
  if (pairs.length === 0) return [];
  return [
    list(serverSentences(context, point)),
    serverVerdicts(context, point),
    'Ratio of the second arm of a server to its first one, with its 95 % interval, and the verdict. The values of both:',
    serverValues(context, point),
    'Memory per stream holds all that a server grew by since it was ready, compiled code and buffers included: an upper bound.',
  ];
}

/** One row a server, one column an endpoint. */
export function serverVerdicts(context: ReportContext, point: LoadPointAnalysis): Table {
  const pairs = serverPairs(context, point);
  const endpoints = endpointsOf(context, point, pairs);
  return table(
    [left('server'), ...endpoints.map(({ title }) => left(title))],
    pairs.map((pair) =>
      [pair.title].concat(
        endpoints.map(({ id }) => {
          const comparison = comparisonOf(point, pair, id);
          if (comparison === undefined) return UNKNOWN;
          const label = labelOf(comparison, pair);
          return comparison.ratio === undefined
            ? label
            : `${formatRatio(comparison.ratio)}: ${label}`;
        }),
      ),
    ),
  );
}

const shown = [
  'target.open.p50',
  'target.ttft.p50',
  'target.gap.p99',
  'target.bytes.event',
  'target.events.read',
  'target.cpu.token',
  'target.memory.stream',
];

/** One row a server, with the values of both arms; what no arm has is left out. */
export function serverValues(context: ReportContext, point: LoadPointAnalysis): Table {
  const { metrics } = context;
  const pairs = serverPairs(context, point);
  const ids = shown.filter((id) =>
    pairs.some(({ arms }) => arms.some((arm) => estimateOf(point, id, arm) !== undefined)),
  );
  return table(
    [left('server'), left('arms'), ...ids.map((id) => right(metricText(metrics, id).title))],
    pairs.map(({ title, arms, sides }) =>
      [title, sides.join(' / ')].concat(
        ids.map((id) => arms.map((arm) => valueText(context, point, { id, arm })).join(' / ')),
      ),
    ),
  );
}

/** One sentence an endpoint; one more on what goes with it where a verdict turns round. */
export function serverSentences(
  context: ReportContext,
  point: LoadPointAnalysis,
): readonly string[] {
  const pairs = serverPairs(context, point);
  const endpoints = endpointsOf(context, point, pairs);
  const results = endpoints.map(({ id, title, unit }) => {
    const outcomes = pairs.flatMap((pair) => {
      const comparison = comparisonOf(point, pair, id);
      return comparison === undefined ? [] : [outcomeOf(comparison, pair, unit)];
    });
    return { title, outcomes, isTurned: turnsRound(outcomes) };
  });
  return [
    ...results.map(
      ({ title, outcomes, isTurned }) =>
        `**${title}**${isTurned ? ' turns round' : ''}: ${outcomeWords(outcomes)}.`,
    ),
    ...(results.some(({ isTurned }) => isTurned)
      ? [
          `What else differs where a verdict turns round, without proof that it is the cause: ${pairs
            .map((pair) => `${pair.title}, ${formWords(context, point, pair)}`)
            .join('; ')}.`,
        ]
      : []),
  ];
}

interface Outcome {
  /** The server, and by how much one arm is better there. */
  readonly where: string;
  /** The verdict without its size. */
  readonly label: string;
  /** The better arm; undefined where none was shown to be. */
  readonly favours: 'baseline' | 'other' | undefined;
}

function outcomeOf(comparison: ArmComparison, pair: ServerPair, unit: MetricText['unit']): Outcome {
  const { verdict, difference } = comparison;
  const label = labelOf(comparison, pair);
  if (verdict.favours === undefined) return { where: pair.title, label, favours: undefined };
  const by = formatValue(difference && Math.abs(difference.value), unit);
  return {
    where: `${pair.title} (by ${by})`,
    label,
    favours: verdict.favours === pair.arms[0] ? 'baseline' : 'other',
  };
}

function turnsRound(outcomes: readonly Outcome[]): boolean {
  return new Set(outcomes.flatMap(({ favours }) => favours ?? [])).size > 1;
}

function outcomeWords(outcomes: readonly Outcome[]): string {
  return [...Map.groupBy(outcomes, ({ label }) => label)]
    .map(([label, same]) => `${label} in ${listWords(same.map(({ where }) => where))}`)
    .join('; ');
}

/** Reads and bytes of an event of either arm: what its server decides about its form. */
function formWords(context: ReportContext, point: LoadPointAnalysis, { arms }: ServerPair): string {
  const reads = arms.map((arm) => {
    const perRead = estimateOf(point, 'target.events.read', arm)?.value;
    return formatNumber(perRead === undefined ? undefined : 1 / perRead);
  });
  const bytes = arms.map((arm) => valueText(context, point, { id: 'target.bytes.event', arm }));
  return `${reads.join(' and ')} reads and ${bytes.join(' and ')} an event`;
}

function valueText(
  { metrics }: ReportContext,
  point: LoadPointAnalysis,
  { id, arm }: { readonly id: string; readonly arm: string },
): string {
  return formatValue(estimateOf(point, id, arm)?.value, unitOf(metrics, id));
}

function endpointsOf(
  { metrics }: ReportContext,
  point: LoadPointAnalysis,
  pairs: readonly ServerPair[],
): readonly MetricText[] {
  const declared = pairs.flatMap(({ names }) =>
    verdictComparisons(point, names).map(({ metric }) => metric),
  );
  return [...new Set(declared)].map((id) => metricText(metrics, id));
}

function comparisonOf(
  point: LoadPointAnalysis,
  { names }: ServerPair,
  metric: string,
): ArmComparison | undefined {
  return verdictComparisons(point, names).find((one) => one.metric === metric);
}

function labelOf({ verdict, margin }: ArmComparison, { arms, sides }: ServerPair): string {
  return verdictLabel(verdict, (arm) => sides[arm === arms[0] ? 0 : 1], margin);
}
