import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../analysis/analyse.ts';
import { metricsOfPlan } from '../../analysis/scenario-reading.ts';
import { fixtureLadder, fixtureLadderRun, truth, type LadderRunOptions } from './ladder-fixture.ts';
import type { LadderRecord } from '../../contract/ladder.ts';
import { renderCharts } from '../../report/charts/render-charts.ts';
import { renderReport } from '../../report/report.ts';
import { renderTerminal } from '../../report/terminal.ts';
import { plainPaint } from '../../report/paint.ts';
import { memoryReading } from './reading.ts';
import { memoryParts } from './parts.ts';

const { metrics } = memoryReading;

/**
 * Over WebSocket a connection has 4000 bytes less and a token costs 13 µs; both vary a little from
 * block to block.
 */
function ladderOf(transport: string, block: number): LadderRecord {
  const noise = 1 + (((block * 7) % 9) - 4) / 500;
  const costs =
    transport === 'sse' ? truth : { ...truth, ussBytes: 6000, leftBytes: 0, cpuNsPerToken: 13_000 };
  return fixtureLadder({
    ...costs,
    ussBytes: costs.ussBytes * noise,
    cpuNsPerToken: costs.cpuNsPerToken * noise,
  });
}

/** A ladder as on a machine where neither slabs nor sockets can be read. */
function withoutKernel(): LadderRecord {
  return { rungs: fixtureLadder(truth).rungs.map((rung) => Object.assign(rung, { kernel: {} })) };
}

function analysed(options: Partial<LadderRunOptions> = {}) {
  return analyse(fixtureLadderRun({ ladderOf, blocks: 9, ...options }), memoryReading);
}

const analysis = analysed();
const report = renderReport(
  { analysis, metrics, parts: memoryParts },
  { charts: [{ file: 'memory-ladder.svg', title: 'x', alt: 'a ladder' }] },
);
const sectionOf = (text: string, title: string): string =>
  text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const cellsOf = (line: string | undefined): string[] =>
  (line ?? '')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

describe('the verdicts of ladders', () => {
  it('are about memory of a connection, idle and streaming', () => {
    const kinds = analysis.loadPoints[0]!.comparisons.flatMap(({ endpoint, metric, verdict }) =>
      endpoint === undefined ? [] : [[endpoint, metric, verdict.kind, verdict.favours]],
    );
    expect(kinds).toEqual([
      ['P6', 'memory.retained', 'better', 'ws'],
      ['P6', 'memory.streaming', 'better', 'ws'],
    ]);
  });

  it('find two equal arms equivalent', () => {
    const equal = analysed({ ladderOf: (_, block) => ladderOf('sse', block) });
    expect(equal.loadPoints[0]!.comparisons.slice(0, 2).map(({ verdict }) => verdict.kind)).toEqual(
      ['equivalent', 'equivalent'],
    );
  });

  it('carry the doubt about ladders that are not straight, and the report shows it beside the number', () => {
    const bent = analysed({
      ladderOf: (transport) => fixtureLadder(truth, { bend: transport === 'ws' ? 100_000 : 0 }),
    });
    const [retained] = bent.loadPoints[0]!.comparisons;
    expect(retained!.warnings.map(({ message }) => message)).toEqual([
      'non-linear: memory did not follow a straight line (R² below 0.98): sse in 0 of 9 ladders, ws in 9 of 9 ladders',
    ]);
    const text = sectionOf(
      renderReport({ analysis: bent, metrics, parts: memoryParts }, { charts: [] }),
      'What a connection costs',
    ).split('\n');
    expect(
      cellsOf(text.find((line) => line.includes('WebSocket') && line.includes('0.9'))),
    ).toEqual(['WebSocket', '9', '0.9720', '0.9720', '**non-linear** in 9 of 9']);
    expect(cellsOf(text.find((line) => line.startsWith('| SSE')))).toEqual([
      'SSE',
      '9',
      '1.0000',
      '1.0000',
      'straight',
    ]);
  });
});

describe('the report of ladders', () => {
  it('says how a trial went', () => {
    expect(report).toContain(
      '2000 a second they open, up to each of its rungs: 500, 1000, 1500 and 2000.',
    );
    expect(report).toContain(
      'On the way down, to 1000 and 0, connections end and memory is read again.',
    );
    expect(report).toContain('each with one trial per arm in random order');
  });

  it('has what a connection costs, part by part, for each arm', () => {
    const lines = sectionOf(report, 'What a connection costs').split('\n');
    const row = (title: string): string[] =>
      cellsOf(lines.find((line) => line.startsWith(`| ${title}`)));
    expect(row('V8 heap per connection')).toEqual([
      'V8 heap per connection',
      '5.86 KiB',
      '5.86 KiB',
    ]);
    expect(row('Kernel memory')).toEqual(['Kernel memory per connection', '3.42 KiB', '3.42 KiB']);
    expect(row('Left at the end')).toEqual(['Left at the end per connection', '1.95 KiB', '0 B']);
    expect(row('Memory per idle connection')[1]).toMatch(/^13\.2 \[13\.\d, 13\.\d\] KiB$/);
    expect(row('Server CPU per token (slope)')[2]).toMatch(/^13\.0 \[.*\] µs$/);
  });

  it('has every rung, up and down, medians over ladders', () => {
    const lines = sectionOf(report, 'The rungs').split('\n');
    expect(lines).toContain('<summary>SSE: medians over 9 ladders</summary>');
    const rows = lines.filter((line) => /^\| (?:up|down)/.test(line)).map(cellsOf);
    expect(rows.slice(0, 7).map(([way, connections]) => `${way} ${connections}`)).toEqual([
      'up 0',
      'up 500',
      'up 1000',
      'up 1500',
      'up 2000',
      'down 1000',
      'down 0',
    ]);
    expect(rows[4]!.slice(2, 4)).toEqual(['19.1 MiB', '21.9 MiB']);
  });

  it('says of the kernel what is in the numbers, and what could not be read', () => {
    expect(sectionOf(report, 'What these bytes are')).toContain(
      'of which half is counted, because both ends of a connection are on this host',
    );
    const text = sectionOf(
      renderReport(
        { analysis: analysed({ ladderOf: withoutKernel }), metrics, parts: memoryParts },
        { charts: [] },
      ),
      'What these bytes are',
    );
    expect(text).not.toContain('**Kernel**');
    expect(text).toContain(
      '**Not in the numbers**, because it could not be read here: slabs of sockets and files',
    );
  });

  it('says nothing of handlers, from which no due time counts', () => {
    expect(report).not.toContain('due times count from its handler');
  });

  it('has well-formed tables', () => {
    for (const table of report.match(/(?:^\|.*\n)+/gm) ?? []) {
      const widths = table
        .trimEnd()
        .split('\n')
        .map((line) => line.replaceAll(String.raw`\|`, '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  it('fits the terminal', () => {
    const text = renderTerminal(
      { analysis, metrics, parts: memoryParts },
      { paint: plainPaint, reportPath: 'x' },
    );
    expect(text).toContain('Memory per idle');
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
  });

  it('speaks of streams where those of some arm share connections', async () => {
    const probe = { client: 'probe', path: 'direct' } as const;
    const shared = analysed({
      arms: [
        { ...probe, transport: 'sse' },
        { ...probe, transport: 'sse-h2', streamsPerConnection: 100 },
      ],
      ladderOf: (_, block) => ladderOf('sse', block),
    });
    const run = { analysis: shared, metrics: metricsOfPlan(memoryReading, shared.plan), parts: memoryParts }; // prettier-ignore
    const text = renderReport(run, { charts: [] });
    expect(text).toContain('A trial is a ladder of streams. 2000 a second they open');
    expect(text).toContain('There every stream carries');
    const costs = sectionOf(text, 'What a stream costs');
    for (const title of [
      'Memory per idle stream',
      'Memory per stream while tokens flow',
      'V8 heap per stream',
      'Left behind per ended stream',
    ])
      expect(costs).toContain(`| ${title}`);
    expect(costs).not.toMatch(/(?:per|each|ended|idle|without) connections?/);
    const [chart] = await renderCharts(run);
    expect(chart!.svg).toContain('Server memory against streams');
  });

  it('shows idle and streaming memory against connections, and nothing without ladders', async () => {
    const charts = await renderCharts({ analysis, metrics, parts: memoryParts });
    expect(charts.map(({ file }) => file)).toEqual(['memory-ladder.svg']);
    for (const text of ['idle, after full collections', 'while it streams', '20 MiB', '2000'])
      expect(charts[0]!.svg).toContain(text);
    const without = { ...analysis, ladders: { ...analysis.ladders, arms: [] } };
    expect(await renderCharts({ analysis: without, metrics, parts: memoryParts })).toEqual([]);
  });
});
