// Compares a claim about the transports with the measurements: as a section of a report, and for a
// terminal of 100 columns.

import type { Estimate } from '../../analysis/statistics/estimate.ts';
import type { Claim, ClaimAnswer, ClaimReading, ClaimRow } from '../../analysis/claims/claim.ts';
import { readClaim } from '../../analysis/claims/read-claims.ts';
import { formatEstimate, formatRatio, formatValue, UNKNOWN } from '../format.ts';
import {
  flow,
  left,
  right,
  section,
  table,
  type Block,
  type Cell,
  type Table,
  type Tone,
} from '../blocks.ts';
import { loadWords, metricText, type ReportContext } from '../report-context.ts';
import { renderTableText } from '../formats/terminal.ts';
import { code } from '../inline.ts';
import { wrap } from '../text-layout.ts';
import { TERMINAL_COLUMNS, type Paint } from '../paint.ts';

const answers: Record<ClaimAnswer, string> = {
  supports: 'supports it: SSE better',
  refutes: 'refutes it: WebSocket better',
  equivalent: 'equivalent: the difference does not matter',
  'not-settled': 'not settled',
  void: 'void',
  'not-measured': 'not measured',
};

/**
 * A section of one report, or of a suite; the contexts are those of the runs that it is about.
 * Empty when none of them tests the claim.
 */
export function renderClaim(claim: Claim, contexts: readonly ReportContext[]): readonly Block[] {
  if (!readingOf(claim, contexts).isAsked) return [];
  return section(`The claim: “${claim.text}”`, [
    renderClaimAnswer(claim, contexts),
    'Each row repeats one verdict of this report. It is about these implementations on this machine. That WebSocket is complex with many connections, which is' +
      ' also said, is another claim: it was not measured here.',
  ]);
}

/** The answer to the claim in one sentence, and the numbers behind it. */
export function renderClaimAnswer(
  claim: Claim,
  contexts: readonly ReportContext[],
): readonly Block[] {
  const reading = readingOf(claim, contexts);
  return flow([
    `**${reading.sentence}** ${reading.details.join(' ')}`,
    claimTable(reading, contexts),
  ]);
}

/**
 * At most 100 columns wide, without a line break at its end; empty when none of the runs tests the
 * claim.
 */
export function renderClaimText(
  claim: Claim,
  contexts: readonly ReportContext[],
  paint: Paint,
): string {
  const reading = readingOf(claim, contexts);
  if (!reading.isAsked) return '';
  const words = wrap([reading.sentence, ...reading.details].join(' '), TERMINAL_COLUMNS).join('\n');
  return `${renderTableText(claimTable(reading, contexts), paint)}\n\n${words}`;
}

function readingOf(claim: Claim, contexts: readonly ReportContext[]): ClaimReading {
  return readClaim(
    claim,
    contexts.map(({ analysis }) => analysis),
  );
}

function claimTable({ claim, rows }: ClaimReading, contexts: readonly ReportContext[]): Table {
  const columns = [
    left('what it can mean', { narrow: `“${claim}”` }),
    left('measured as', { only: 'wide' }),
    right('SSE [95 % CI]', { narrow: 'SSE' }),
    right('WebSocket [95 % CI]', { narrow: 'WebSocket' }),
    right('WebSocket/SSE [95 % CI]', { narrow: 'ratio' }),
    left('what this says'),
  ];
  return table(
    columns,
    rows.map((row) => [
      { text: row.part, narrow: nameWithPlace(row, rows) },
      placeWords(row),
      valueCell(row, row.place?.sse, contexts),
      valueCell(row, row.place?.webSocket, contexts),
      formatRatio(row.place?.ratio),
      {
        text: answerWords(row),
        narrow: shortWords(row),
        isStrong: isShown(row),
        tone: toneOf(row.answer),
      },
    ]),
  );
}

/** An effect that was shown, either way, stands out like a verdict. */
function isShown({ answer }: ClaimRow): boolean {
  return answer === 'supports' || answer === 'refutes';
}

function toneOf(answer: ClaimAnswer): Tone | undefined {
  if (answer === 'equivalent') return undefined;
  if (answer === 'void') return 'bad';
  return answer === 'supports' || answer === 'refutes' ? 'good' : 'muted';
}

function valueCell(
  row: ClaimRow,
  estimate: Estimate | undefined,
  contexts: readonly ReportContext[],
): Cell | string {
  if (estimate === undefined) return UNKNOWN;
  const unit = unitOf(row, contexts);
  return { text: formatEstimate(estimate, unit), narrow: formatValue(estimate.value, unit) };
}

function unitOf(
  { place }: ClaimRow,
  contexts: readonly ReportContext[],
): Parameters<typeof formatValue>[1] {
  const metrics =
    contexts.find(({ analysis }) => analysis.plan.scenario === place?.scenario)?.metrics ?? [];
  return metricText(metrics, place?.metric ?? '').unit;
}

/** The measured metric and its place. */
function placeWords({ place }: ClaimRow): string {
  if (place === undefined) return UNKNOWN;
  const { scenario, metric, loadPoint, sseArm } = place;
  return `${code(metric)} of ${scenario}, ${loadWords(loadPoint)}${clientWords(sseArm)}`;
}

/** Names only the client of the SSE arm: the other arm of the pair has the same. */
function clientWords(arm: string): string {
  const beyond = arm.replace(/^[^/@+]+/, '');
  return beyond === '' ? '' : ` (${beyond.replaceAll('/', '')})`;
}

function nameWithPlace({ part, place }: ClaimRow, rows: readonly ClaimRow[]): string {
  const isSingle = rows.filter((row) => row.part === part).length === 1;
  return isSingle || place === undefined
    ? part
    : `${part} (${place.scenario}, ${loadWords(place.loadPoint)})`;
}

function answerWords({ answer, reason }: ClaimRow): string {
  return reason === undefined ? answers[answer] : `${answers[answer]}: ${reason}`;
}

/** Most characters of a reason in the terminal; the report has the full text. */
const MAX_REASON = 44;

function shortWords({ answer, reason }: ClaimRow): string {
  if (reason === undefined) return answers[answer];
  const short =
    reason.length <= MAX_REASON ? reason : `${reason.slice(0, MAX_REASON - 1).trimEnd()}…`;
  return `${answers[answer]}: ${short}`;
}
