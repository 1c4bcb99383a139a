// Compares a claim about the transports with the measurements: as a section of a report, and for a terminal of
// 100 columns.

import type { Claim, ClaimAnswer, ClaimRow } from '../../analysis/claims/claim.ts';
import { readClaim } from '../../analysis/claims/read-claims.ts';
import { formatEstimate, formatRatio, formatValue, UNKNOWN } from '../format.ts';
import { joinBlocks, left, renderTable, right, section } from '../markdown.ts';
import { loadWords, metricText, type ReportContext } from '../report-context.ts';
import { layOutTable, wrap } from '../text-layout.ts';
import { TERMINAL_COLUMNS, type Paint } from '../verdict-table.ts';

const answers: Record<ClaimAnswer, string> = {
  supports: 'supports it: SSE better',
  refutes: 'refutes it: WebSocket better',
  equivalent: 'equivalent: the difference does not matter',
  'not-settled': 'not settled',
  void: 'void',
  'not-measured': 'not measured',
};

/** A section of one report, or of a suite; the contexts are those of the runs that it is about. Empty when none of them tests the claim. */
export function renderClaim(claim: Claim, contexts: readonly ReportContext[]): string {
  const { isAsked } = readClaim(
    claim,
    contexts.map(({ analysis }) => analysis),
  );
  if (!isAsked) return '';
  return section(`The claim: “${claim.text}”`, [
    joinBlocks([
      renderClaimTable(claim, contexts),
      'Each row repeats one verdict of this report. It is about these implementations on this machine. That WebSocket is complex with many connections, which is' +
        ' also said, is another claim: it was not measured here.',
    ]),
  ]);
}

/** The answer to the claim in one sentence, and the numbers behind it. */
export function renderClaimTable(claim: Claim, contexts: readonly ReportContext[]): string {
  const { rows, sentence, details } = readClaim(
    claim,
    contexts.map(({ analysis }) => analysis),
  );
  const columns = [
    left('what it can mean'),
    left('measured as'),
    right('SSE [95 % CI]'),
    right('WebSocket [95 % CI]'),
    right('WebSocket/SSE [95 % CI]'),
    left('what this says'),
  ];
  const cells = rows.map((row) => [row.part].concat(numbers(row, contexts), answerWords(row)));
  return joinBlocks([`**${sentence}** ${details.join(' ')}`, renderTable(columns, cells)]);
}

/** At most 100 columns wide, without a line break at its end; empty when none of the runs tests the claim. */
export function renderClaimText(claim: Claim, contexts: readonly ReportContext[], paint: Paint): string {
  const { isAsked, rows, sentence, details } = readClaim(
    claim,
    contexts.map(({ analysis }) => analysis),
  );
  if (!isAsked) return '';
  const table = {
    titles: [`“${claim.text}”`, 'SSE', 'WebSocket', 'ratio', 'what this says'],
    rows: rows.map((row) => {
      const { place } = row;
      const value = (number: number | undefined): string => (place === undefined ? UNKNOWN : formatValue(number, unitOf(row, contexts)));
      return {
        cells: [
          nameWithPlace(row, rows),
          value(place?.sse.value),
          value(place?.webSocket.value),
          formatRatio(place?.ratio),
          shortWords(row),
        ],
        paint: (text: string): string => paintAnswer(paint, row.answer, text),
      };
    }),
  };
  const words = wrap([sentence, ...details].join(' '), TERMINAL_COLUMNS).join('\n');
  return `${layOutTable(table, TERMINAL_COLUMNS, (text) => paint('bold', text))}\n\n${words}`;
}

/** Paints an answer like a verdict: an effect that was shown, either way, stands out. */
function paintAnswer(paint: Paint, answer: ClaimAnswer, text: string): string {
  if (answer === 'equivalent') return text;
  if (answer === 'void') return paint('red', text);
  return paint(answer === 'supports' || answer === 'refutes' ? 'green' : 'dim', text);
}

function unitOf({ place }: ClaimRow, contexts: readonly ReportContext[]): Parameters<typeof formatValue>[1] {
  const metrics = contexts.find(({ analysis }) => analysis.plan.scenario === place?.scenario)?.metrics ?? [];
  return metricText(metrics, place?.metric ?? '').unit;
}

/** The measured metric, and the two values with their ratio. */
function numbers(row: ClaimRow, contexts: readonly ReportContext[]): readonly string[] {
  const { place } = row;
  if (place === undefined) return [UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN];
  const unit = unitOf(row, contexts);
  const { scenario, metric, loadPoint, sse, webSocket, ratio } = place;
  return [
    `\`${metric}\` of ${scenario}, ${loadWords(loadPoint)}${clientWords(place.sseArm)}`,
    formatEstimate(sse, unit),
    formatEstimate(webSocket, unit),
    formatRatio(ratio),
  ];
}

/** Names only the client of the SSE arm: the other arm of the pair has the same. */
function clientWords(arm: string): string {
  const beyond = arm.replace(/^sse/, '');
  return beyond === '' ? '' : ` (${beyond.replaceAll('/', '')})`;
}

function nameWithPlace({ part, place }: ClaimRow, rows: readonly ClaimRow[]): string {
  const isSingle = rows.filter((row) => row.part === part).length === 1;
  return isSingle || place === undefined ? part : `${part} (${place.scenario}, ${loadWords(place.loadPoint)})`;
}

function answerWords({ answer, reason }: ClaimRow): string {
  const words = reason === undefined ? answers[answer] : `${answers[answer]}: ${reason}`;
  return answer === 'supports' || answer === 'refutes' ? `**${words}**` : words;
}

/** Most characters of a reason in the terminal; the report has the full text. */
const MAX_REASON = 44;

function shortWords({ answer, reason }: ClaimRow): string {
  if (reason === undefined) return answers[answer];
  const short = reason.length <= MAX_REASON ? reason : `${reason.slice(0, MAX_REASON - 1).trimEnd()}…`;
  return `${answers[answer]}: ${short}`;
}
