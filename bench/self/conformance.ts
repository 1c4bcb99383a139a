// `npm run bench:conformance`: tests how every receiver of event streams that is measured here, and
// a browser, reads streams whose meaning the standard fixes, and writes the table of results. Exits
// with 1 when a result differs from the known ones.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { markdownTable } from 'markdown-table';
import { conformanceSchema, type Conformance } from '../contract/conformance.ts';
import { dialectIds, dialects } from '../contract/dialects/dialects.ts';

const project = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const REPORT = 'reports/reference/conformance.md';
const STANDARD = 'https://html.spec.whatwg.org/multipage/server-sent-events.html';
/** Several times the usual duration. */
const TIMEOUT_MS = 300_000;
/**
 * Warnings that the streams provoke on purpose: for an EventSource flagged experimental, and for a
 * timer that is too long.
 */
const expectedWarnings = [
  '--disable-warning=UNDICI-ES',
  '--disable-warning=TimeoutOverflowWarning',
];

const notAskedOfTheProbe = [
  'to decode: it hands on bytes, which the harness compares with the expected ones; the text in this table was made of them by `Buffer`',
  'to come back: when to do so is for the policy under test (`--policy`); what counts here is the id and the reconnection time that its reader holds at the end',
  'to hear of every type: its client takes the events of the twins and calls any other a failure; what counts here is its reader alone',
  'lines or events of more than 1 MiB, which it refuses',
];

export function renderConformance({
  receivers,
  vectors,
  dialectStreams,
  divergences,
  delays,
  news,
}: Conformance): string {
  const titles = receivers.map(({ title }) => title);
  const differing = (rows: readonly { readonly cells: readonly string[] }[], column: number) =>
    `${rows.filter(({ cells }) => cells[column] !== '').length} of ${rows.length}`;
  return [
    '# Conformance of the receivers of event streams',
    `${vectors.length} streams, each sent whole and byte by byte over HTTP on loopback, and what is heard of them: the events with type, data and last event ID, ` +
      `the \`Last-Event-ID\` of the reconnect, and the reconnection time. ✓ means both ways as [WHATWG HTML §9.2](${STANDARD}) says; else what was seen instead. ` +
      'The streams, with the expected values, are in `clients/conformance/vectors.ts`. Made by `npm run bench:conformance`.',
    markdownTable([
      ['receiver', 'version', 'what it is', 'differs in', 'of the APIs’ streams in'],
      ...receivers.map(({ title, version, note }, column) => [
        title,
        version,
        note,
        differing(vectors, column),
        differing(dialectStreams, column),
      ]),
    ]),
    '## What differs, and why',
    divergences
      .map(
        ({ receiver, vectors: names, why }) =>
          `- **${receiver}**, ${names.map((name) => `\`${name}\``).join(', ')}: ${why}`,
      )
      .join('\n'),
    ...(news.length === 0
      ? []
      : [`Not explained yet:\n\n${news.map((line) => `- ${line}`).join('\n')}`]),
    '## How long they wait before they come back',
    renderDelays(delays),
    'From the end of the response to the next request, on the server: the median, and the least and the most. The standard leaves the time that no stream asked for to the browser.',
    '## All streams',
    markdownTable([
      ['stream', 'rule', ...titles],
      ...vectors.map(({ name, rule, cells }) => [name, rule, ...cells.map(renderCell)]),
    ]),
    'Where nothing is asked for, the three EventSources all come back after 3 s. Of the default, the time that the stream asks for and none at all, the longest counts that the reconnect did not undercut: all streams are under way at once, so that some come late.',
    '## Streams of language-model APIs and web frameworks',
    aboutDialectStreams(),
    markdownTable([
      ['stream', 'who sends it', '`onmessage` hears', ...titles],
      ...dialectStreams.map(({ name, what, events, heardUnnamed, cells }) => [
        name,
        what,
        `${heardUnnamed} of ${events}`,
        ...cells.map(renderCell),
      ]),
    ]),
    '## What was not asked of the probe',
    notAskedOfTheProbe.map((line) => `- ${line}`).join('\n'),
    `Node ${process.version}.`,
  ].join('\n\n');
}

function aboutDialectStreams(): string {
  const posted = dialectIds.filter((id) => dialects[id].request?.method === 'POST');
  return (
    'Streams as servers write them, with the events that they must lead to; what the events mean is for the reader of their dialect (`bench/contract/dialects/`). ' +
    'A page that sets `onmessage` alone hears only events without a name, which are counted here: it must listen for every other by its name, and must tell one that is named `error` from the `error` of the connection, which has no data. ' +
    `An EventSource sends a GET without a body or headers of its own, so it cannot ask for streams of ${posted.map((id) => `\`${id}\``).join(', ')} at all; here each is offered to a GET, so that the parsers can be compared.`
  );
}

function renderDelays(delays: Conformance['delays']): string {
  const asked =
    delays[0]?.used.map(({ retryMs }) =>
      retryMs === undefined ? 'no `retry`' : `\`retry: ${retryMs}\``,
    ) ?? [];
  return markdownTable([
    ['receiver', ...asked],
    ...delays.map(({ receiver, used }) => [receiver, ...used.map(renderWaits)]),
  ]);
}

/** `155 ms (152 to 160), 7 times` */
function renderWaits({ waitsMs }: Conformance['delays'][number]['used'][number]): string {
  const [least, middle, most] = [
    waitsMs.at(0),
    waitsMs[Math.floor(waitsMs.length / 2)],
    waitsMs.at(-1),
  ];
  if (least === undefined || middle === undefined || most === undefined) return 'did not come back';
  return `${middle.toFixed(0)} ms (${least.toFixed(0)} to ${most.toFixed(0)}), ${waitsMs.length} times`;
}

function renderCell(differences: string): string {
  return differences === '' ? '✓' : differences.replaceAll('|', '\\|');
}

function main(): number {
  const { stdout, status } = spawnSync(
    process.execPath,
    [...expectedWarnings, project('clients/conformance/main.ts')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
    },
  );
  // The child has reported its error on stderr.
  if (status !== 0) return status ?? 1;
  const conformance = conformanceSchema.parse(JSON.parse(stdout));
  writeFileSync(project(REPORT), `${renderConformance(conformance)}\n`);
  process.stderr.write(`${REPORT}\n${conformance.news.map((line) => `${line}\n`).join('')}`);
  return conformance.news.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = main();
