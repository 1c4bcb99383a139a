import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { dialectStreams } from '../../clients/conformance/dialect-streams.ts';
import { knownDivergences } from '../../clients/conformance/known-divergences.ts';
import { vectors } from '../../clients/conformance/vectors.ts';
import { renderConformance } from './conformance.ts';

const conformance = {
  receivers: [
    { title: 'Chromium', version: '156.0', note: 'EventSource of a page' },
    { title: 'probe', version: 'of streamduel 0.1.0', note: 'the reader' },
  ],
  vectors: [
    { name: 'lf', rule: '§9.2.5: LF ends a line', cells: ['', ''] },
    { name: 'retry-empty', rule: '§9.2.6: no digits', cells: ['back after 3 s', ''] },
    { name: 'event', rule: '§9.2.6: a type', cells: ['', 'whole: a|b "x"; byte by byte: ✓'] },
  ],
  dialectStreams: [
    {
      name: 'anthropic/text',
      what: 'Anthropic: named events',
      events: 8,
      heardUnnamed: 0,
      cells: ['', 'no event'],
    },
  ],
  divergences: [{ receiver: 'Chromium', vectors: ['retry-empty'], why: 'It resets it.' }],
  delays: [
    {
      receiver: 'Chromium',
      used: [
        { waitsMs: [3050.2, 3054.6, 3061] },
        { retryMs: 100, waitsMs: [150, 155, 156, 160, 161] },
      ],
    },
    { receiver: 'undici', used: [{ waitsMs: [] }, { retryMs: 100, waitsMs: [101.4] }] },
  ],
  news: [],
};

it('the table has a row a stream and a column a receiver, and counts what differs', () => {
  const report = renderConformance(conformance);
  expect(report).toContain(
    '| Chromium | 156.0               | EventSource of a page | 1 of 3     | 0 of 1                  |',
  );
  expect(report).toContain(
    '| probe    | of streamduel 0.1.0 | the reader            | 1 of 3     | 1 of 1                  |',
  );
  expect(report).toContain('- **Chromium**, `retry-empty`: It resets it.');
  expect(report).toContain('| lf          | §9.2.5: LF ends a line | ✓              | ✓ ');
  expect(report).toContain('| retry-empty | §9.2.6: no digits      | back after 3 s | ✓ ');
  expect(report).toContain('whole: a\\|b "x"; byte by byte: ✓');
  expect(report).not.toContain('Not explained yet');
});

it('has a row a stream of an API, with what a page hears that listens for no name', () => {
  expect(renderConformance(conformance)).toContain(
    '| anthropic/text | Anthropic: named events | 0 of 8            | ✓        | no event |',
  );
});

it('says how long each waited before it came back, by what was asked for', () => {
  const report = renderConformance(conformance);
  expect(report).toContain(
    '| receiver | no `retry`                      | `retry: 100`                 |',
  );
  expect(report).toContain(
    '| Chromium | 3055 ms (3050 to 3061), 3 times | 156 ms (150 to 161), 5 times |',
  );
  expect(report).toContain(
    '| undici   | did not come back               | 101 ms (101 to 101), 1 times |',
  );
});

it('what nobody has explained is said', () => {
  expect(renderConformance({ ...conformance, news: ['probe 1, lf, whole: no event'] })).toContain(
    'Not explained yet:\n\n- probe 1, lf, whole: no event',
  );
});

it('the published table has every stream and every known divergence', () => {
  const report = readFileSync(
    new URL('../../reports/reference/conformance.md', import.meta.url),
    'utf8',
  );
  const rows = report.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  for (const { name, rule } of vectors) expect(rows.find((row) => row[1] === name)?.[2]).toBe(rule);
  for (const { name, rule } of dialectStreams)
    expect(rows.find((row) => row[1] === name)?.[2]).toBe(rule);
  for (const { vectors: names, why } of knownDivergences)
    expect(report).toContain(`${names.map((name) => `\`${name}\``).join(', ')}: ${why}`);
});
