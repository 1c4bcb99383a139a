// Renders a calibration as Markdown: one row for an endpoint at a load, then the evidence against
// the harness.

import { cpus } from 'node:os';
import { markdownTable } from 'markdown-table';
import { median } from '../../analysis/statistics/moments.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import { formatPercent, formatValue } from '../../report/format.ts';
import { MOST_CLAIMS, type CalibratedEndpoint, type Calibration } from './calibration.ts';

const header = [
  'load',
  'endpoint',
  'claims of a difference',
  'p < 0.05 before correction',
  'p-values even (KS)',
  'called equivalent with an effect on the margin',
  'noise floor, median half-width',
];

export function renderCalibration({
  runs,
  endpoints,
  claims,
  measured,
  planned,
  repeats,
  faults,
}: Calibration): string {
  const missing = measured === planned ? '' : ` (${planned - measured} were not measured)`;
  return [
    `${runs} A/A runs of \`--preset quick\`, alternately SSE with SSE and WebSocket with WebSocket: ${claims} of ${measured} endpoints${missing} claimed a difference` +
      ` (${measured === 0 ? '–' : formatPercent(claims / measured, 2)}; limit ${formatPercent(MOST_CLAIMS, 2)}). ${repeats} blocks were repeated because the machine disturbed them.`,
    markdownTable([header, ...endpoints.map(renderEndpoint)]),
    faults.length === 0
      ? 'Nothing speaks against the harness; each test of an endpoint accuses a sound one once in 100 calibrations.'
      : `Against the harness:\n\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
    `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} CPUs, Node ${process.version}`,
  ].join('\n\n');
}

function renderEndpoint({
  loadPoint,
  metric,
  floors,
  claims,
  uniformity,
  falseEquivalences,
}: CalibratedEndpoint): string[] {
  const { significant, count, uniformityP, hasTooMany, isDoubtful } = uniformity;
  const { called, of } = falseEquivalences;
  return [
    loadPointTitle(loadPoint),
    metric.title,
    `${claims} of ${floors.length}`,
    `${significant} of ${count}${hasTooMany ? ' (too many)' : ''}`,
    uniformityP === undefined ? '–' : `${uniformityP.toFixed(2)}${isDoubtful ? ' (uneven)' : ''}`,
    of === 0 ? '–' : `${called} of ${of}`,
    halfWidthText(floors),
  ];
}

/** In percent, or in ns for an endpoint that is compared by difference. */
function halfWidthText(floors: CalibratedEndpoint['floors']): string {
  const ratios = floors.flatMap(({ halfWidthRatio }) => halfWidthRatio ?? []);
  if (ratios.length > 0) return `±${formatPercent(median(ratios), 2)}`;
  return `±${formatValue(median(floors.flatMap(({ halfWidth }) => halfWidth ?? [])), 'ns')}`;
}
