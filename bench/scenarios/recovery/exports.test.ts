import { describe, expect, it } from 'vitest';
import { analyse } from '../../analysis/analyse.ts';
import { recoveryRun } from './recovery-fixture.ts';
import { renderBencher } from '../../report/exports/bencher.ts';
import { renderCsv } from '../../report/exports/csv.ts';
import { renderGithubBenchmark } from '../../report/exports/github-benchmark.ts';
import { renderHistograms } from '../../report/exports/hgrm.ts';
import { recoveryReading } from './reading.ts';

const run = recoveryRun({
  faults: ['reset', 'kill'],
  policies: ['identical', 'as-specified'],
  connections: [100, 500],
  blocks: 3,
});
const context = { analysis: analyse(run, recoveryReading), metrics: recoveryReading.metrics };

/** Number of load points: two faults under two policies at two loads. */
const POINTS = 8;

describe('the exports of a run that breaks something', () => {
  it('name a benchmark by its fault and its policy too, so that none hides another', () => {
    const names = Object.keys(JSON.parse(renderBencher(context)) as object);
    expect(names).toHaveLength(POINTS * 2);
    expect(names).toContain('reconnect, ws, kill, 500 connections, as-specified');
    const entries = (JSON.parse(renderGithubBenchmark(context)) as { name: string }[]).map(
      ({ name }) => name,
    );
    expect(new Set(entries).size).toBe(entries.length);
    expect(entries).toContain('reconnect, sse, reset, 100 connections, identical: resumed.p95');
  });

  it('tell trials apart by fault and policy in the table, and have their numbers', () => {
    const [header = '', ...rows] = renderCsv(run, context.metrics).trimEnd().split('\n');
    const columns = header.split(',');
    const places = ['connections', 'fault', 'policy'].map((title) => columns.indexOf(title));
    const points = rows.map((row) => places.map((column) => row.split(',')[column]).join(' '));
    expect(new Set(points).size).toBe(POINTS);
    expect(points).toContain('500 kill as-specified');
    const value = columns.indexOf('resumed.p95 (ns)');
    expect(rows.every((row) => Number(row.split(',')[value]) > 0)).toBe(true);
  });

  it('have no distributions of delivery, since such a run does not keep them', () => {
    expect(renderHistograms(run)).toEqual([]);
  });
});
