// Exports one row per trial, for a spreadsheet, R or pandas: burn-in and failed trials too, marked
// in columns. Lines end with a line feed alone, which every reader of RFC 4180 takes and which line
// tools need.

import { selectMeasured } from '../../analysis/measured-trials.ts';
import type { Metric } from '../../analysis/metrics/metric.ts';
import { armName } from '../../contract/arms/arms.ts';
import type { SavedRun, TrialRecord } from '../../contract/run-file.ts';

interface Column {
  readonly title: string;
  /** A cell is empty if undefined, or a number that is not finite. */
  readonly cell: (trial: TrialRecord) => string | number | boolean | undefined;
}

/**
 * Rows are in the order of the run; values of metrics unrounded, in the unit that their title
 * names. The first line is the header.
 */
export function renderCsv(run: SavedRun, metrics: readonly Metric[]): string {
  const columns = [...identity(run), ...metrics.map(metricColumn), ...ending];
  const trials = run.trials.toSorted((a, b) => a.trial - b.trial);
  const rows = [
    columns.map(({ title }) => title),
    ...trials.map((trial) => columns.map(({ cell }) => plainText(cell(trial)))),
  ];
  return rows.map((row) => `${row.map(quoteField).join(',')}\n`).join('');
}

function identity(run: SavedRun): readonly Column[] {
  const analysed = new Set(
    selectMeasured(run).flatMap(({ arms }) =>
      arms.flatMap(({ completed }) => completed.map(({ trial }) => trial)),
    ),
  );
  return [
    { title: 'trial', cell: ({ trial }) => trial },
    { title: 'block', cell: ({ block }) => block },
    { title: 'attempt', cell: ({ attempt }) => attempt ?? 0 },
    { title: 'burn_in', cell: ({ burnIn }) => burnIn },
    { title: 'outcome', cell: ({ outcome }) => outcome },
    // True when the report's numbers use this trial.
    { title: 'analysed', cell: ({ trial }) => analysed.has(trial) },
    { title: 'order', cell: ({ order }) => order },
    { title: 'arm', cell: ({ arm }) => armName(arm) },
    { title: 'transport', cell: ({ arm }) => arm.transport },
    { title: 'client', cell: ({ arm }) => arm.client },
    { title: 'path', cell: ({ arm }) => arm.path },
    { title: 'connections', cell: ({ loadPoint }) => loadPoint.connections },
    ...(run.trials.some(({ loadPoint }) => loadPoint.fault !== undefined) ? faultColumns : []),
    { title: 'workload_seed', cell: ({ workloadSeed }) => workloadSeed },
    { title: 'started_at', cell: ({ startedAt }) => startedAt },
  ];
}

const faultColumns: readonly Column[] = [
  { title: 'fault', cell: ({ loadPoint }) => loadPoint.fault },
  { title: 'policy', cell: ({ loadPoint }) => loadPoint.policy },
];

function metricColumn({ id, unit, value }: Metric): Column {
  return {
    title: `${id} (${unit})`,
    cell: (trial) => (trial.outcome === 'failed' ? undefined : value(trial)),
  };
}

const ending: readonly Column[] = [
  { title: 'gates_missed', cell: missedGates },
  {
    title: 'failure',
    cell: (trial) =>
      trial.outcome === 'failed' ? `${trial.failure.code}: ${trial.failure.message}` : undefined,
  },
];

/** `N1 H2`; undefined for a trial that has no gates because it failed. */
function missedGates(trial: TrialRecord): string | undefined {
  if (trial.outcome === 'failed') return undefined;
  return trial.gates
    .filter(({ ok }) => !ok)
    .map(({ id }) => id)
    .join(' ');
}

function plainText(value: ReturnType<Column['cell']>): string {
  return value === undefined || (typeof value === 'number' && !Number.isFinite(value))
    ? ''
    : String(value);
}

/** RFC 4180 §2.5 to 2.7. */
function quoteField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
