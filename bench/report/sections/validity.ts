// Shows whether the run can be trusted: every gate with its value, the negative control, the floor,
// and the doubts.

import type {
  Analysis,
  Comparison,
  GateSummary,
  LoadPointAnalysis,
} from '../../analysis/analysis.ts';
import { transports } from '../../contract/arms/transports.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { armControlIds } from '../../analysis/metrics/control-dependence.ts';
import { median } from '../../analysis/statistics/moments.ts';
import { formatCount, formatEstimate, formatRatio, UNKNOWN } from '../format.ts';
import {
  details,
  heading,
  left,
  list,
  right,
  section,
  table,
  type Block,
  type Content,
  type List,
  type Table,
} from '../blocks.ts';
import { limitedPairs, limitedWords } from '../missed-controls.ts';
import {
  armTitle,
  armTitleOf,
  isEqualArmsRun,
  pairTitle,
  type ReportContext,
} from '../report-context.ts';
import type { RunReport } from '../scenario-parts.ts';
import { gateValue, limitText } from './gate-text.ts';
import { renderNoiseFloor } from './noise-floor.ts';
import { renderRepeats } from './repeats.ts';
import { renderStopping } from './stopping.ts';

/**
 * Connecting a socket is the same work in every arm: any difference here is an artefact of the
 * harness.
 */
const NEGATIVE_CONTROL = 'connect.p50';

/** Metrics for which the null arm is shown. */
const floorMetrics: readonly string[] = ['delivery.p50', 'delivery.p99', 'cpu.server.token'];

export function renderValidity(context: RunReport): readonly Block[] {
  const { loadPoints, warnings } = context.analysis;
  return section('Validity', [
    warnings.length === 0
      ? []
      : ['Warnings of the run:', list(warnings.map((warning) => warning.message))],
    noiseFloor(context),
    renderRepeats(context),
    renderStopping(context),
    context.parts.hasManyPoints === true
      ? manyPoints(context)
      : loadPoints.map((point) => onePoint(context, point)),
  ]);
}

function onePoint(context: ReportContext, point: LoadPointAnalysis): Content {
  return [
    heading(3, loadPointTitle(point.loadPoint)),
    controls(context, point),
    gateOverview(context.analysis, point),
  ];
}

/**
 * Load points that met all gates share one sentence where there are many, such as one for each
 * fault.
 */
function manyPoints({ analysis }: ReportContext): Content {
  const met = analysis.loadPoints.filter(isMet);
  const all = met.length === analysis.loadPoints.length;
  return [
    heading(3, 'Gates'),
    met.length === 0
      ? ''
      : `${openGates(met).length === 0 ? 'All gates' : 'All gates that could be judged'} were met ${all ? 'everywhere' : `at: ${met.map(({ loadPoint }) => loadPointTitle(loadPoint)).join('; ')}`}.`,
    list(openGates(met)),
    details(
      'Gates with their values, over all of these; those of each are in analysis.json',
      gateTable(analysis, mergeGates(met)),
    ),
    ...analysis.loadPoints
      .filter((point) => !isMet(point))
      .map((point) => [heading(3, loadPointTitle(point.loadPoint)), gateOverview(analysis, point)]),
  ];
}

/** Empty for a run of nothing but an A/A pair, which has the floor in the place of verdicts. */
function noiseFloor(context: RunReport): Content {
  const floor = isEqualArmsRun(context.analysis) ? [] : renderNoiseFloor(context);
  return floor.length === 0 ? [] : [heading(3, 'Noise floor'), floor];
}

function controls(context: ReportContext, point: LoadPointAnalysis): List {
  return list([
    ...negativeControl(context, point),
    ...pacingControls(context, point),
    ...floor(context, point),
  ]);
}

/** A pilot shows no comparison, not even this one. */
function negativeControl({ analysis }: ReportContext, point: LoadPointAnalysis): readonly string[] {
  if (analysis.pilot !== undefined) return [];
  return point.comparisons
    .filter((comparison) => comparison.metric === NEGATIVE_CONTROL)
    .map((comparison) => {
      const arms = pairTitle(analysis, comparison);
      return `Negative control, TCP connect (the same work in every arm), ${arms}: ratio ${formatRatio(comparison.ratio)}${controlWords(comparison)}.`;
    });
}

function controlWords({ ratio, verdict }: Comparison): string {
  if (verdict.kind === 'equivalent') return ', equivalent, as it must be';
  if (ratio?.low === undefined || ratio.high === undefined) return '';
  return ratio.low <= 1 && ratio.high >= 1
    ? '; the interval includes 1, as it should'
    : '; **the interval leaves out 1**, so the harness may not have treated the arms alike';
}

/**
 * Quantities that the harness alone decides, per pair: gates with the prefix of negative controls.
 */
function pacingControls(context: ReportContext, point: LoadPointAnalysis): readonly string[] {
  const { analysis } = context;
  if (analysis.pilot !== undefined) return [];
  const judged = point.gates.filter(
    ({ id, state }) => armControlIds.some((one) => one === id) && state !== 'not-measured',
  );
  const limited = new Map(limitedPairs(context, point).map((pair) => [pair.title, pair]));
  const pairOf = ({ arm, against }: GateSummary): string =>
    pairTitle(analysis, { otherArm: arm, baselineArm: against });
  return [...Map.groupBy(judged, pairOf)].map(([arms, own]) => {
    const found = own
      .map(({ title, median: typical, unit }) => `${title} ${formatControl(typical, unit)}`)
      .join('; ');
    const isAlike = own.every(({ state }) => state === 'ok');
    const pair = limited.get(arms);
    const end = isAlike
      ? 'alike, as they must be'
      : `**not alike**: ${pair === undefined ? 'see the gates' : limitedWords(pair)}`;
    return `Negative controls of the harness, ${arms}: ${found}; ${end}.`;
  });
}

/** Formats a difference, so with its sign. */
function formatControl(value: number | undefined, unit: string): string {
  return `${value !== undefined && value > 0 ? '+' : ''}${gateValue(value, unit)}`;
}

function floor({ metrics }: ReportContext, point: LoadPointAnalysis): readonly string[] {
  const nullArm = point.arms.find((arm) => transports[arm.arm.transport].isNullArm);
  if (nullArm === undefined)
    return ['Floor: not measured, because the null arm `tcp` took no part in this run.'];
  const values = floorMetrics.flatMap((id) => {
    const text = metrics.find((metric) => metric.id === id);
    const estimate = point.summaries.find(
      (summary) => summary.metric === id && summary.arm === nullArm.name,
    )?.estimate;
    return text === undefined || estimate === undefined
      ? []
      : [`${text.title} ${formatEstimate(estimate, text.unit)}`];
  });
  return values.length === 0
    ? []
    : [`Floor, ${armTitle(nullArm.arm)}: ${values.join('; ')}. No claim is made below it.`];
}

function gateOverview(analysis: Analysis, point: LoadPointAnalysis): Content {
  const unmet = unmetGates(point);
  const met = point.gates.length - unmet.length;
  if (point.gates.length === 0) return 'No gate was checked.';
  return [
    `${formatCount(met)} of ${formatCount(point.gates.length)} gates were met.${unmet.length === 0 ? '' : ' The others:'}`,
    gateTable(analysis, unmet),
    details(
      `All ${formatCount(point.gates.length)} gates with their values`,
      gateTable(analysis, point.gates),
    ),
  ];
}

/** A gate that could not be judged does not count as missed. */
function isMet({ gates }: LoadPointAnalysis): boolean {
  return gates.length > 0 && gates.every(({ state }) => state === 'ok' || state === 'not-measured');
}

/**
 * The same gate of the same arm at several load points: the median of medians, the worst of all.
 */
function mergeGates(points: readonly LoadPointAnalysis[]): readonly GateSummary[] {
  const groups = Map.groupBy(
    points.flatMap(({ gates }) => gates),
    ({ id, arm }) => `${id} ${arm}`,
  );
  return [...groups.values()].flatMap((gates) => mergeGate(gates) ?? []);
}

function mergeGate(gates: readonly GateSummary[]): GateSummary | undefined {
  const judged = gates.filter(({ state }) => state === 'ok');
  const one = judged[0] ?? gates[0];
  const worst = judged.flatMap((gate) => gate.worst ?? []);
  return (
    one && {
      ...one,
      median: median(judged.flatMap((gate) => gate.median ?? [])),
      worst: worst.length === 0 ? undefined : Math.max(...worst),
      missed: sumOf(judged, ({ missed }) => missed),
      trials: sumOf(judged, ({ trials }) => trials),
    }
  );
}

function sumOf(gates: readonly GateSummary[], count: (gate: GateSummary) => number): number {
  return gates.reduce((sum, gate) => sum + count(gate), 0);
}

/** Gates without a value, each once with its reason. */
function openGates(points: readonly LoadPointAnalysis[]): readonly string[] {
  const open = points.flatMap(({ gates }) => gates.filter(({ state }) => state === 'not-measured'));
  return [
    ...new Set(open.map(({ id, title, note }) => `${id} ${title}: ${note ?? 'not measured'}`)),
  ];
}

function unmetGates({ gates }: LoadPointAnalysis): readonly GateSummary[] {
  return gates.filter((gate) => gate.state !== 'ok');
}

function gateTable(analysis: Analysis, gates: readonly GateSummary[]): Table {
  return table(
    [
      left('gate'),
      left('arm'),
      left('kind'),
      right('median'),
      right('worst'),
      right('limit'),
      right('missed'),
      left('state'),
    ],
    sideBySide(gates).map((gate) => [
      `${gate.id} ${gate.title}`,
      armTitleOf(analysis, gate.arm),
      gate.kind,
      gateValue(gate.median, gate.unit),
      gateValue(gate.worst, gate.unit),
      limitText(gate.limit, gate.unit),
      gate.state === 'not-measured'
        ? UNKNOWN
        : `${formatCount(gate.missed)} of ${formatCount(gate.trials)}`,
      stateWords(gate),
    ]),
  );
}

/** The same gate of all arms in consecutive rows. */
function sideBySide(gates: readonly GateSummary[]): readonly GateSummary[] {
  return [...Map.groupBy(gates, (gate) => gate.id).values()].flat();
}

function stateWords({ state, note }: GateSummary): string {
  const words = {
    ok: 'ok',
    warned: 'warned',
    failed: '**failed**',
    'not-measured': 'not measured',
  }[state];
  return note === undefined ? words : `${words}: ${note}`;
}
