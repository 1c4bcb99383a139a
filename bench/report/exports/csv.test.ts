import { describe, expect, it } from 'vitest';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { failedLike } from '../../analysis/trial-fixture.ts';
import type { Metric } from '../../analysis/metrics/metric.ts';
import { steadyMetrics as metrics } from '../../analysis/metrics/steady.ts';
import type { CompletedTrial, SavedRun } from '../../contract/run-file.ts';
import { renderCsv } from './csv.ts';

/** Parses RFC 4180 to the letter and without any of our code, into records of fields. */
function readCsv(text: string): string[][] {
  const records: string[][] = [[]];
  for (const [whole, quoted, plain = '', end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g,
  )) {
    if (whole === '' && end === '') break;
    records.at(-1)!.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\n') records.push([]);
  }
  return records.filter((record) => record.length > 0);
}

function cellsOf(run: SavedRun, title: string, of: readonly Metric[] = metrics): string[] {
  const [header, ...rows] = readCsv(renderCsv(run, of));
  return rows.map((row) => row[header!.indexOf(title)]!);
}

const run = fixtureRun({ blocks: 2, burnInBlocks: 1 });
const completed = run.trials as readonly CompletedTrial[];

describe('the table of trials', () => {
  it('has a row for every trial, burn-in too, and says which the report rests on', () => {
    expect(cellsOf(run, 'trial')).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(cellsOf(run, 'burn_in')).toEqual(['true', 'true', 'false', 'false', 'false', 'false']);
    expect(cellsOf(run, 'analysed')).toEqual(['false', 'false', 'true', 'true', 'true', 'true']);
  });

  it('has a column for every metric, with its unit, and the unrounded value', () => {
    const [header] = readCsv(renderCsv(run, metrics));
    expect(header!.filter((title) => title.includes('('))).toEqual(
      metrics.map(({ id, unit }) => `${id} (${unit})`),
    );
    const metric = metrics.find(({ id }) => id === 'cpu.server.token')!;
    expect(cellsOf(run, 'cpu.server.token (ns/token)').map(Number)).toEqual(
      completed.map((trial) => metric.value(trial)),
    );
  });

  it('leaves a metric empty that a trial does not support, and one that is not a number', () => {
    const odd = [undefined, Number.NaN, 0].map((value, index) =>
      Object.assign({}, metrics[0]!, { id: `odd${index}`, value: () => value }),
    );
    expect(
      ['odd0 (ns)', 'odd1 (ns)', 'odd2 (ns)'].map((title) => cellsOf(run, title, odd)[0]),
    ).toEqual(['', '', '0']);
  });

  it('has a failed trial with its failure and without values, whatever the message contains', () => {
    const message = 'said "no",\nthen left';
    const trials = run.trials.map((trial) =>
      trial.trial === 3 ? failedLike(trial, message) : trial,
    );
    const row = readCsv(renderCsv({ ...run, trials }, metrics))[4]!;
    expect(row.slice(0, 6)).toEqual(['3', '1', '0', 'false', 'failed', 'false']);
    expect(row.slice(14, -1).every((cell) => cell === '')).toBe(true);
    expect(row.at(-1)).toBe(`CHILD_DIED: ${message}`);
  });

  it('lists the gates that a trial missed', () => {
    const trials = completed.map((trial) => ({
      ...trial,
      gates: trial.gates.map((gate) => ({ ...gate, ok: gate.id === 'H2' })),
    }));
    expect(cellsOf(run, 'gates_missed')).toEqual(['', '', '', '', '', '']);
    expect(cellsOf({ ...run, trials }, 'gates_missed')[0]).toBe('N1 C1');
  });

  it('numbers the measurements of a block that was measured again', () => {
    const trials = completed.map((trial) =>
      Object.assign({}, trial, trial.trial === 5 ? { attempt: 1 } : {}),
    );
    expect(cellsOf({ ...run, trials }, 'attempt')).toEqual(['0', '0', '0', '0', '0', '1']);
  });

  it('is in the order of the run, and every record has as many fields as the header', () => {
    const text = renderCsv({ ...run, trials: run.trials.toReversed() }, metrics);
    expect(text).toBe(renderCsv(run, metrics));
    expect(new Set(readCsv(text).map((record) => record.length)).size).toBe(1);
  });

  it('of a run without trials is the header alone', () => {
    expect(readCsv(renderCsv({ ...run, trials: [] }, metrics))).toHaveLength(1);
  });
});
