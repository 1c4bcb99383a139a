// Renders the loads themselves: the load–latency curve as a table, and the path of each search, so
// that answers can be checked.

import type { SearchPath } from './findings.ts';
import type { SearchEnd, SearchStep } from '../../contract/search.ts';
import { formatCount, formatPercent, formatValue, UNKNOWN } from '../../report/format.ts';
import { details, left, right, table, type Details, type Table } from '../../report/blocks.ts';
import { armTitleOf } from '../../report/report-context.ts';
import { constraintWords, type CapacityContext } from './arms.ts';

/** Ordered by load, then arm; empty before the curve was measured. */
export function renderCurveTable({ analysis, capacity }: CapacityContext): Table {
  const loads = [
    ...new Set(capacity.curves.flatMap(({ steps }) => steps.map(({ streams }) => streams))),
  ].sort((a, b) => a - b);
  const rows = loads.flatMap((streams) =>
    capacity.curves.flatMap(({ arm, steps }) => {
      const step = steps.find((one) => one.streams === streams);
      return step === undefined
        ? []
        : [[formatCount(streams), armTitleOf(analysis, arm), ...curveCells(step)]];
    }),
  );
  return table(
    [
      right('streams'),
      left('arm'),
      right('delivered/offered'),
      right('delivery p50'),
      right('delivery p99'),
      right('CPU per token'),
      right('tokens per read'),
      right('server busy'),
      right('client busy'),
      left('failed by'),
    ],
    rows,
  );
}

function curveCells({ measured, failed }: SearchStep): string[] {
  const { serverCpuNs = 0, serverTokens = 0 } = measured ?? {};
  return [
    formatPercent(measured && deliveredShare(measured)),
    formatValue(measured?.deliveryP50Ns, 'ns'),
    formatValue(measured?.deliveryP99Ns, 'ns'),
    formatValue(serverTokens === 0 ? undefined : serverCpuNs / serverTokens, 'ns/token'),
    formatValue(measured?.tokensPerRead, 'tokens/read'),
    formatPercent(measured?.serverUtilisation, 2),
    formatPercent(measured?.clientUtilisation, 2),
    measured?.objectives.includes(null) === true
      ? 'too few samples'
      : [...new Set(failed)].map((one) => constraintWords[one]).join(', '),
  ];
}

function deliveredShare(step: NonNullable<SearchStep['measured']>): number | undefined {
  return step.offeredTokensPerSecond === 0
    ? undefined
    : step.deliveredTokensPerSecond / step.offeredTokensPerSecond;
}

const endWords: Record<SearchEnd, string> = {
  found: '',
  harness: ', at least: the load generator was at its end',
  most: ', at least: no more may be asked for',
  least: 'no load was carried',
  steps: ', not narrowed down: too many steps',
};

/** A folded table of every load that was tried, in order. */
export function renderPaths({ analysis, capacity }: CapacityContext): Details {
  const rows = capacity.paths.map((path) => [
    path.isBurnIn
      ? 'burn-in'
      : `${path.block - analysis.plan.burnInBlocks + 1}${path.isRepeat ? ', again' : ''}`,
    armTitleOf(analysis, path.arm),
    path.steps.map(stepWords).join(' → '),
    answerCell(path),
  ]);
  return details('The path of each search', [
    'Loads in streams, in the order in which they were measured: ✓ carried, ✗ not, and by what. The smallest load that was not carried bounds the answer, whatever was carried above it. A load that failed while the machine was busy with something else, and neither server nor client was at its end, is in brackets: it was measured again.',
    table([left('block'), left('arm'), left('path'), left('answer')], rows),
  ]);
}

function stepWords({ streams, failed, isDisturbed }: SearchPath['steps'][number]): string {
  if (failed.length === 0) return `${formatCount(streams)} ✓`;
  return isDisturbed
    ? `(${formatCount(streams)} disturbed)`
    : `${formatCount(streams)} ✗ ${failed.join('+')}`;
}

function answerCell({ lowerStreams, upperStreams, end }: SearchPath): string {
  if (lowerStreams === undefined) return end === 'least' ? endWords.least : UNKNOWN;
  const upper = upperStreams === undefined ? '' : `, below ${formatCount(upperStreams)}`;
  return `${formatCount(lowerStreams)}${upper}${endWords[end]}`;
}
