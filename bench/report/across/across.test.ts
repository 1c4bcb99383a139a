import { describe, expect, it } from 'vitest';
import {
  fatten,
  independentRun,
  missGate,
  type IndependentOptions,
} from '../../analysis/across/across-fixture.ts';
import { compareRuns } from '../../analysis/across/compare-runs.ts';
import { gatherRuns, type GatheredRuns } from '../../analysis/across/gather-runs.ts';
import { subjectsOfRuns } from '../../analysis/across/gate-subjects.ts';
import { judgeRegressions, type RegressionGate } from '../../analysis/across/regression-gates.ts';
import { steadyMetrics as metrics } from '../../analysis/metrics/steady.ts';
import { streamReading } from '../../scenarios/stream/reading.ts';
import { findMetric } from '../../analysis/scenario-reading.ts';
import type { RunHeader } from '../../contract/run-file.ts';
import { plainPaint, type Paint } from '../paint.ts';
import { renderMarkdown } from '../formats/markdown.ts';
import { comparisonBlocks } from './comparison.ts';
import { renderComparisonText } from './text.ts';
import { widthOf } from '../report-fixture.ts';

const gates: readonly RegressionGate[] = [
  { metric: undefined, margin: { kind: 'share', share: 0.05 } },
  { metric: findMetric(streamReading, 'delivery.p99')!, margin: { kind: 'amount', amount: 2e6 } },
];

const upgraded = (header: RunHeader): RunHeader => ({
  ...header,
  name: 'after',
  streamduel: '0.2.0',
  plan: { ...header.plan, windowNs: 5e9 },
  environment: {
    ...header.environment,
    node: 'v26.1.0',
    cpuModel: 'Another Make of Processor with a Long Name, 96 Cores @ 3.40GHz',
    packages: { ws: '9.0.0' },
    lockfileSha256: 'abcdef0123456789'.repeat(4),
  },
});

const transports = ['sse', 'ws', 'tcp'] as const;
const base: IndependentOptions = { transports };
const old = independentRun({ ...base, folder: 'reports/before' });

const after: IndependentOptions = {
  ...base,
  occasion: 2,
  folder: 'reports/after',
  header: upgraded,
  factor: (quantity, transport) => {
    if (transport === 'ws' && quantity === 'serverCpu') return 1.3;
    return transport === 'sse' && quantity === 'deliveryScheduledNs' ? 0.7 : 1;
  },
};

const variants: Record<string, GatheredRuns> = {
  // An upgrade that costs CPU and bytes over WebSocket, and makes SSE faster.
  upgrade: gatherRuns(
    old,
    [
      independentRun({
        ...after,
        edit: (trial) => (trial.arm.transport === 'ws' ? fatten(trial, 2) : trial),
      }),
    ],
    streamReading,
  ),
  // The same, but too busy a client over WebSocket and a damaged token over SSE.
  broken: gatherRuns(
    old,
    [
      independentRun({
        ...after,
        edit: (trial) => {
          if (trial.arm.transport === 'ws') return missGate(trial, 'H2');
          return trial.block === 4 ? missGate(trial, 'C1') : trial;
        },
      }),
    ],
    streamReading,
  ),
  // Three runs, too short for anything.
  short: gatherRuns(
    independentRun({ blocks: 3, folder: 'reports/one' }),
    [2, 3].map((occasion) =>
      independentRun({ blocks: 3, occasion, noise: 0.3, folder: `reports/${occasion}` }),
    ),
    streamReading,
  ),
};

const textOf = (gathered: GatheredRuns, paint: Paint = plainPaint): string =>
  renderComparisonText(compareRuns(gathered), {
    metrics,
    gates: judgeRegressions(gates, subjectsOfRuns(gathered)),
    paint,
  });

const markdownOf = (gathered: GatheredRuns): string =>
  `${renderMarkdown(comparisonBlocks(compareRuns(gathered), { metrics, gates: judgeRegressions(gates, subjectsOfRuns(gathered)) }))}\n`;

const tagPaint: Paint = (style, text) => `<${style}>${text}</>`;

function countCells(row: string): number {
  return row.replaceAll(String.raw`\|`, '').split('|').length;
}

describe.each(Object.entries(variants))('a comparison (%s)', (name, gathered) => {
  it.each([
    ['txt', textOf(gathered)],
    ['md', markdownOf(gathered)],
  ])('as %s is the one that was read and approved', async (extension, rendered) => {
    await expect(rendered).toMatchFileSnapshot(`golden/${name}.${extension}`);
  });

  it('as text fits 100 columns and ends with one line break', () => {
    const text = textOf(gathered);
    expect(widthOf(text)).toBeLessThanOrEqual(100);
    expect(text).toMatch(/\S\n$/);
  });

  it('as Markdown has well-formed tables and folded blocks', () => {
    const lines = markdownOf(gathered).split('\n');
    const tables = lines.join('\n').match(/(?:^\|.*\n)+/gm) ?? [];
    expect(tables.length).toBeGreaterThan(3);
    for (const table of tables)
      expect(new Set(table.trimEnd().split('\n').map(countCells)).size).toBe(1);
    expect(lines.filter((line) => line === '<details>')).toHaveLength(
      lines.filter((line) => line === '</details>').length,
    );
  });

  it('never claims that nothing changed, and says what its intervals do not contain', () => {
    for (const text of [textOf(gathered), markdownOf(gathered)]) {
      expect(text.toLowerCase()).not.toMatch(/no difference|unchanged|no change\b/);
      expect(text.replaceAll(/\s+/g, ' ')).toContain('Runs are made at different times');
    }
  });
});

it('colours only through paint: what is worse or cannot be trusted is red, what is better green', () => {
  const [upgrade, broken] = [
    textOf(variants['upgrade']!, tagPaint),
    textOf(variants['broken']!, tagPaint),
  ];
  expect(upgrade).toMatch(/<red>worse<\/>/);
  expect(upgrade).toMatch(/<green>better<\/>/);
  expect(broken).toMatch(/<red>INVALID<\/>/);
  expect(broken).toMatch(/<red>HARNESS-LIMITED<\/>/);
  // oxlint-disable-next-line no-control-regex -- escape sequences are what must not be there
  expect(textOf(variants['broken']!)).not.toMatch(/\u001B/);
});
