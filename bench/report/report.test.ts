import { describe, expect, it } from 'vitest';
import type { Analysis } from '../analysis/analysis.ts';
import type { Arm } from '../contract/arms/arms.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { copyAnalysis, equalArmsAnalysis, pilotAnalysis } from './fixture-designs.ts';
import { fixtureMetrics } from './fixture-metrics.ts';
import { formatRatio } from './format.ts';
import { fullAnalysis, invalidAnalysis, smokeAnalysis } from './report-fixture.ts';
import { renderReport } from './report.ts';
import { streamParts } from '../scenarios/stream/parts.ts';

const charts = [
  {
    file: 'load-sweep.svg',
    title: 'Delivery and server cost against load',
    alt: 'p50 [and p99] against connections',
  },
  {
    file: 'delivery-quantiles-100.svg',
    title: 'Delivery by quantile, 100 connections',
    alt: 'time against quantile',
  },
];

const variants: readonly (readonly [string, Analysis, typeof charts])[] = [
  ['full', fullAnalysis(), charts],
  ['invalid', invalidAnalysis(), []],
  ['smoke', smokeAnalysis(), []],
  ['aa', copyAnalysis(), charts.slice(1)],
  ['equal-arms', equalArmsAnalysis(), charts.slice(1)],
  ['pilot', pilotAnalysis(), []],
];

const reportOf = (analysis: Analysis): string =>
  renderReport({ analysis, metrics: fixtureMetrics, parts: streamParts }, { charts: [] });

describe('the report', () => {
  it('says of arms and tokens what is not as usual, and nothing of the usual way that no arm has', () => {
    const { plan, ...rest } = fullAnalysis();
    const usual = 'Both are used the way their documentation shows.';
    const arms = plan.arms.map((arm): Arm =>
      arm.transport === 'sse' ? { ...arm, writes: 'at-once' } : arm,
    );
    const report = reportOf({ ...rest, plan: { ...plan, arms, source: 'upstream' } });
    expect(report).toContain(
      'SSE (written at once): each token leaves before the next is written. Their libraries do the opposite',
    );
    expect(report).toContain('**SSE written at once** corks the socket');
    expect(report).toContain('Each token comes from `--source upstream`');
    expect(report).toContain('| tokens from');
    expect(report).not.toContain(usual);
    expect(reportOf(fullAnalysis())).toContain(usual);
  });

  it('says what the API of the payload adds to an event stream, where a run has sent it', () => {
    const { plan, ...rest } = smokeAnalysis();
    const asymmetry = 'An event stream of payload `openai` ends with the API’s `data: [DONE]`';
    const isWhole = { ...plan, hasApiMessages: true } as const;
    expect(reportOf({ ...rest, plan: isWhole })).toContain(asymmetry);
    // A run that was saved before it was sent, and one without an event stream.
    expect(reportOf({ ...rest, plan })).not.toContain(asymmetry);
    const arms = plan.arms.filter(({ transport }) => transport !== 'sse');
    expect(reportOf({ ...rest, plan: { ...isWhole, arms } })).not.toContain(asymmetry);
  });

  it.each(variants)(
    'of the %s run is the one that was read and approved',
    async (name, analysis, charts) => {
      const report = renderReport(
        { analysis, metrics: fixtureMetrics, parts: streamParts },
        { charts },
      );
      await expect(report).toMatchFileSnapshot(`golden/${name}.md`);
    },
  );

  it.each(variants)('of the %s run has well-formed tables and folded blocks', (_, analysis) => {
    const lines = reportOf(analysis).split('\n');
    const tables = lines.join('\n').match(/(?:^\|.*\n)+/gm) ?? [];
    expect(tables.length).toBeGreaterThan(3);
    for (const table of tables)
      expect(new Set(table.trimEnd().split('\n').map(countCells)).size).toBe(1);
    expect(lines.filter((line) => line === '<details>')).toHaveLength(
      lines.filter((line) => line === '</details>').length,
    );
    expect(
      lines.filter((line, index) => line.startsWith('<summary>') && lines[index + 1] !== ''),
    ).toEqual([]);
  });

  it.each(variants)(
    'of the %s run names no winner and never claims that there is no difference',
    (_, analysis) => {
      const text = reportOf(analysis).toLowerCase();
      expect(text).not.toContain('no difference');
      expect(text).not.toMatch(/the winner is|is the (?:overall )?winner|wins overall/);
    },
  );

  it('shows the verdicts before anything that explains them', () => {
    const titles = reportOf(fullAnalysis()).match(/^## .*$/gm);
    expect(titles).toEqual([
      '## Verdicts',
      '## How to read this',
      '## All results',
      '## Exploratory comparisons',
      '## Why',
      '## Validity',
      '## Failures',
      '## What differs between the arms',
      '## Environment',
      '## Repeat it',
      '## Definitions',
      '## What this result does not say',
      '## Cost',
    ]);
  });

  it('warns above everything else that a run proves nothing', () => {
    const [beforeVerdicts = ''] = reportOf(invalidAnalysis()).split('## Verdicts');
    expect(beforeVerdicts).toContain('> - 1000 connections: 3 tokens lost over WebSocket');
    expect(beforeVerdicts).toContain('> - 100 connections: client busier than 70 %');
    expect(beforeVerdicts).toContain('61 of 78 trials ran');
  });

  it('has no alarm when there is nothing to be alarmed about', () => {
    expect(reportOf(fullAnalysis())).not.toContain('> [!');
  });

  it('begins with what was injected, because such a run is no measurement', () => {
    const { plan, ...rest } = fullAnalysis();
    const injected: Arm = {
      transport: 'ws',
      client: 'probe',
      path: 'relay',
      label: 'delay 1 ms',
      injection: { kind: 'delay', delayNs: NS_PER_MS },
    };
    const text = reportOf({ ...rest, plan: { ...plan, arms: [...plan.arms, injected] } });
    expect(text).toContain(
      [
        '> [!CAUTION]',
        '> **INJECTED EFFECTS: this run tests the harness; it is no measurement.**',
        '>',
        '> - WebSocket (via relay, delay 1 ms): every read from the server is passed on 1 ms later',
      ].join('\n'),
    );
    expect(text).toContain(
      '# Does the harness find what was injected? SSE, WebSocket, WebSocket (via relay, delay 1 ms)',
    );
  });

  it('of a pilot shows neither a ratio nor the values of the arms, only how many blocks they need', () => {
    const text = reportOf(pilotAnalysis());
    expect(text.match(/^## .*$/gm)?.slice(0, 2)).toEqual(['## How many blocks', '## Validity']);
    const shown = pilotAnalysis()
      .loadPoints.flatMap((point) => point.comparisons)
      .flatMap(({ ratio }) => (ratio === undefined ? [] : [formatRatio(ratio)]));
    expect(shown.length).toBeGreaterThan(3);
    for (const ratio of shown) expect(text).not.toContain(ratio);
    expect(text).toContain('streamduel run stream --connections 100 --blocks 813 --seed 7');
  });

  it('of equal arms asks about the noise, and has its answer where verdicts stand', () => {
    const titles = reportOf(equalArmsAnalysis()).match(/^##? .*$/gm);
    expect(titles?.slice(0, 2)).toEqual([
      '# How much noise does the harness find between two equal arms (SSE)? (aa-only)',
      '## Noise floor',
    ]);
    expect(reportOf(equalArmsAnalysis())).toContain(
      '1 of 5 endpoints claims a difference between equal arms;',
    );
  });

  it('asks about the arms that are compared, not about the copy of one of them', () => {
    expect(reportOf(copyAnalysis())).toContain('# SSE or WebSocket for streaming LLM tokens? (aa)');
  });

  it.each([
    [{ reason: 'precision' }, 'The run stopped after 12 of at most 60 blocks by its rule: '],
    [
      { reason: 'time' },
      'The run stopped after 12 of at most 60 blocks because its time of 1800 s was up, before its rule was met: ',
    ],
    [
      { reason: undefined, isReached: false, blocks: 60 },
      'All 60 blocks that the plan allows were measured, before its rule was met: ',
    ],
    [
      { reason: undefined, isReached: false },
      'The run ended after 12 of at most 60 blocks, before its rule was met: ',
    ],
  ] as const)('says which rule ended a run: %j', (change, sentence) => {
    const analysis = copyAnalysis();
    expect(
      reportOf({ ...analysis, stop: analysis.stop && { ...analysis.stop, ...change } }),
    ).toContain(sentence);
  });

  it('says that no block was repeated, and whether one should have been', () => {
    expect(reportOf(pilotAnalysis())).toContain(
      'No block was repeated. The machine disturbed none of the 6 measured ones.',
    );
    expect(reportOf(fullAnalysis())).toContain(
      'No block was repeated. The machine disturbed 1 of 12; a disturbed block that is not repeated stays in.',
    );
  });

  it('calls repetitions suspect where more CPU time was stolen from one arm', () => {
    const { withoutRepeats, ...analysis } = copyAnalysis();
    const stolen = withoutRepeats!.stolen.map((one) => Object.assign({}, one, { p: 0.01 }));
    expect(reportOf({ ...analysis, withoutRepeats: { changed: [], stolen } })).toContain(
      'so the repetitions are suspect',
    );
    expect(reportOf(copyAnalysis())).not.toContain('suspect');
  });

  it('names as varied only what the run has saved', () => {
    expect(reportOf({ ...fullAnalysis(), setup: ['hashSeed', 'cpus'] })).toContain(
      'favours an arm: V8’s hash seed, which CPU each is bound to.',
    );
    expect(reportOf({ ...fullAnalysis(), setup: [] })).not.toContain('Varied from trial');
  });

  it('says that SSE repeats the number of a token only when it does', () => {
    expect(reportOf(fullAnalysis())).toContain('`id:` line');
    expect(reportOf(smokeAnalysis())).not.toContain('`id:` line');
  });

  it('links only to charts that exist', () => {
    expect(reportOf(fullAnalysis())).not.toContain('## Charts');
    expect(
      renderReport(
        { analysis: fullAnalysis(), metrics: fixtureMetrics, parts: streamParts },
        { charts: charts.slice(0, 1) },
      ).match(/!\[.*\]\(.*\)/g),
    ).toEqual([String.raw`![p50 \[and p99\] against connections](charts/load-sweep.svg)`]);
  });

  it('survives being saved as JSON, where what is not a number becomes null', () => {
    const saved = JSON.parse(JSON.stringify(fullAnalysis())) as Analysis;
    expect(reportOf(saved)).toBe(reportOf(fullAnalysis()));
  });
});

function countCells(row: string): number {
  return row.replaceAll(String.raw`\|`, '').split('|').length;
}
