// Renders a probe's report as text of at most 80 columns. Everything that a server sent is shown
// escaped and cut to a length.

import type { TransportEnd } from '../contract/dialects/dialect.ts';
import { visibleText } from '../contract/visible-text.ts';
import { formatCount, formatValue } from '../report/format.ts';
import type { Paint } from '../report/paint.ts';
import { wrap } from '../report/text-layout.ts';
import { plotGaps } from './gap-histogram.ts';
import type { ProbeReport } from './report-probe.ts';

const COLUMNS = 80;
const INDENT = '  ';
const LABEL_WIDTH = 15;

/** A line, or several: what it is about, and what there is to say. */
type Row = readonly [label: string, text: string];

interface Part {
  readonly title: string;
  readonly rows: readonly Row[];
  /** Lines below the rows. */
  readonly lines?: readonly string[];
}

export function renderProbe(report: ProbeReport, paint: Paint): string {
  const parts = [
    answerPart(report),
    timesPart(report),
    eventsPart(report),
    gapsPart(report),
    endPart(report),
  ].filter(({ rows, lines = [] }) => rows.length + lines.length > 0);
  return [
    wrapped(visibleText(requestLine(report), 1000), '').join('\n'),
    ...parts.map((part) => renderPart(part, paint)),
    renderVerdict(report, paint),
    '',
  ].join('\n');
}

/** A WebSocket has no other method than GET. */
function requestLine({ method, url }: ProbeReport): string {
  return /^wss?:/.test(url) ? url : `${method} ${url}`;
}

function renderPart({ title, rows, lines = [] }: Part, paint: Paint): string {
  return [
    '',
    paint('bold', title),
    ...rows.flatMap(renderRow),
    ...lines.map((line) => INDENT + line),
  ].join('\n');
}

function renderRow([label, text]: Row): readonly string[] {
  return wrapped(text, INDENT + label.padEnd(LABEL_WIDTH));
}

function wrapped(text: string, head: string): readonly string[] {
  const [first = '', ...others] = wrap(text, COLUMNS - head.length);
  return [head + first, ...others.map((line) => ' '.repeat(head.length) + line)].map((line) =>
    line.trimEnd(),
  );
}

function answerPart({ answer, tls, dialect, leftOut }: ProbeReport): Part {
  const rows: Row[] = leftOut.map((header) => [
    'not sent',
    `${header}, for which the environment has no value`,
  ]);
  if (tls !== undefined) rows.push(['TLS', describeTls(tls)]);
  if (answer !== undefined) {
    rows.push(
      ['status', `${answer.status} over HTTP/${answer.httpVersion}`],
      ['content', describeContent(answer)],
    );
    if (dialect !== undefined)
      rows.push([
        'dialect',
        `${dialect.id} (${dialect.title}); ${dialect.isSure ? 'sure' : 'by its framing alone'}`,
      ]);
    const lines = describeLines(answer);
    if (lines !== '') rows.push(['lines', lines]);
    if (answer.hasInvalidUtf8) rows.push(['encoding', 'there are bytes that are no UTF-8']);
  }
  return { title: 'Answer', rows };
}

function describeTls({ protocol, alpn, preferredAlpn }: NonNullable<ProbeReport['tls']>): string {
  const agreed = alpn === undefined ? 'no protocol agreed on' : `${alpn} agreed on`;
  const offers = preferredAlpn === 'h2' && alpn !== 'h2' ? '; it offers HTTP/2, too: --http 2' : '';
  return `${protocol}, ${visibleText(agreed, 60)} (ALPN)${offers}`;
}

type Answer = NonNullable<ProbeReport['answer']>;

function describeContent({ framing, contentType, contentEncoding }: Answer): string {
  if (framing === 'messages') return 'WebSocket messages, not compressed';
  const type = contentType === undefined ? 'no content type' : visibleText(contentType, 120);
  const coding =
    contentEncoding === undefined ? 'not compressed' : visibleText(contentEncoding, 40);
  return `${type}; ${coding}`;
}

function describeLines({ lineEnds, hasSpacedData }: Answer): string {
  const ends = Object.entries(lineEnds ?? {}).filter(([, count]) => count > 0);
  const names = ends.map(([name]) => name.toUpperCase());
  const spaces: Record<string, string> = {
    true: 'a space follows `data:`',
    false: 'no space follows `data:`',
    some: 'a space follows some of the `data:`',
  };
  return [
    ...(names.length === 0 ? [] : [`end with ${names.join(' and ')}`]),
    ...(hasSpacedData === undefined ? [] : [spaces[String(hasSpacedData)] ?? '']),
  ].join('; ');
}

function timesPart(report: ProbeReport): Part {
  const { connectNs, tlsNs, headNs, firsts } = report;
  const channel = firsts.tokenChannel === undefined ? '' : `, channel ${firsts.tokenChannel}`;
  const rows: readonly (Row | undefined)[] = [
    timeRow('TCP', connectNs, ''),
    timeRow('TLS', tlsNs, ''),
    timeRow('head', headNs, ' after the request, as are these:'),
    timeRow('first byte', firsts.byteNs, ''),
    timeRow('first event', firsts.eventNs, ''),
    timeRow('first token', firsts.tokenNs, channel),
    timeRow('first content', firsts.contentNs, ''),
  ];
  return { title: 'Times', rows: rows.filter((row) => row !== undefined) };
}

function timeRow(label: string, ns: number | undefined, remark: string): Row | undefined {
  return ns === undefined ? undefined : [label, `${formatValue(ns, 'ns')}${remark}`];
}

function eventsPart({ answer, counts, buffering, pings, bytes }: ProbeReport): Part {
  if (answer === undefined || answer.framing === 'other') return { title: 'Events', rows: [] };
  const perRead =
    buffering.eventsPerRead === undefined ? '' : `, ${buffering.eventsPerRead.toFixed(2)} a read`;
  const rows: Row[] = [['events', `${formatCount(counts.events)}${perRead}`]];
  if (counts.tokens > 0) rows.push(['tokens', describeTokens(counts)]);
  if (counts.usageTokens !== undefined) rows.push(['usage', describeUsage(counts)]);
  if (counts.foreignEvents > 0)
    rows.push(['foreign', `${formatCount(counts.foreignEvents)} events are not of the dialect`]);
  if (counts.isTruncated) rows.push(['not read', 'more events came than are kept']);
  rows.push(
    ['pings', describePings(pings)],
    [
      'bytes',
      `${formatValue(bytes.body, 'bytes')} of content, ${formatValue(bytes.read, 'bytes')} read`,
    ],
    ['buffering', buffering.sentence],
  );
  return { title: 'Events', rows };
}

function describeTokens(counts: ProbeReport['counts']): string {
  const channels = Object.entries(counts.tokensByChannel).map(
    ([channel, count]) => `${channel} ${formatCount(count)}`,
  );
  const each = counts.tokensPerEvent?.toFixed(2) ?? '';
  return `${formatCount(counts.tokens)} pieces of text in ${formatCount(counts.tokenEvents)} events, ${each} an event; ${channels.join(', ')}`;
}

function describeUsage({ usageTokens = 0, tokens }: ProbeReport['counts']): string {
  const each = tokens === 0 ? '' : `: ${(usageTokens / tokens).toFixed(2)} a piece of text`;
  return `${formatCount(usageTokens)} tokens, as the server counts them${each}`;
}

function describePings({ comments, frames, events, periodNs }: ProbeReport['pings']): string {
  const kinds = [
    ...(comments > 0 ? [`${formatCount(comments)} comments`] : []),
    ...(frames > 0 ? [`${formatCount(frames)} ping frames`] : []),
    ...(events > 0 ? [`${formatCount(events)} ping events`] : []),
  ];
  if (kinds.length === 0) return 'none';
  return (
    kinds.join(', ') +
    (periodNs === undefined ? '' : `, one every ${formatValue(periodNs, 'ns')} (median)`)
  );
}

function gapsPart({ gaps }: ProbeReport): Part {
  if (gaps.count === 0) return { title: 'Gaps between tokens', rows: [] };
  const { p50Ns, p95Ns, longestNs } = gaps;
  return {
    title: 'Gaps between tokens',
    rows: [
      [
        `${formatCount(gaps.count)} gaps`,
        `p50 ${formatValue(p50Ns, 'ns')}, p95 ${formatValue(p95Ns, 'ns')}, longest ${formatValue(longestNs, 'ns')}`,
      ],
    ],
    lines: plotGaps(gaps, COLUMNS - INDENT.length),
  };
}

function endPart(report: ProbeReport): Part {
  const { completeness, failure, endNs, resume } = report;
  const when = endNs === undefined ? '' : `, ${formatValue(endNs, 'ns')} after the request`;
  const rows: Row[] = [];
  if (completeness !== undefined) {
    rows.push(['ended', `${describeEnd(report)}${when}`]);
    const { reached, checkable } = completeness;
    rows.push([
      'completeness',
      `${reached === undefined ? 'below C0' : `C${reached}`}, of C${checkable} that can be checked`,
    ]);
    for (const { rung, cause, message } of completeness.failures)
      rows.push([`C${rung} failed`, `${visibleText(cause, 60)}: ${visibleText(message)}`]);
    for (const { rung, why } of completeness.notCheckable)
      rows.push([`C${rung} unchecked`, visibleText(why)]);
  }
  if (failure !== undefined) {
    rows.push(['failure', `${failure.cause}: ${visibleText(failure.message, 400)}`]);
    if (failure.hint !== undefined) rows.push(['try', visibleText(failure.hint)]);
  }
  if (resume !== undefined) {
    const cut =
      resume.cursor === undefined
        ? ''
        : ` Cut after ${formatCount(resume.cutAfter)} events, asked for with ${visibleText(resume.cursor, 80)}.`;
    rows.push(['resume', `${visibleText(resume.sentence, 400)}${cut}`]);
  }
  return { title: 'End', rows };
}

const endWords: Record<TransportEnd['kind'], string> = {
  'in-order': 'in order, by the server',
  closed: 'by the server, without proof that it is whole',
  cut: 'cut',
  timeout: 'timed out',
  'by-client': 'by this client',
};

function describeEnd({ end, closeCode }: ProbeReport): string {
  return endWords[end.kind] + (closeCode === undefined ? '' : `, close code ${closeCode}`);
}

function renderVerdict({ isWhole, failure, completeness }: ProbeReport, paint: Paint): string {
  if (isWhole) return `\n${paint('green', 'The stream arrived whole.')}`;
  const what =
    completeness === undefined || failure?.cause === 'never-started'
      ? 'There was no stream.'
      : 'The stream did not arrive whole.';
  return `\n${paint('red', what)}`;
}
