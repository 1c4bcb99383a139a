// `streamduel import`: turns a trace of another tool, which holds the gaps between tokens, into a
// recording that `run --workload` replays.

import { coalescingOf, deltasOf } from '../recording/recorded-deltas.ts';
import { importTrace } from '../recording/import/import-trace.ts';
import { traceFormatNames, type TraceFormat } from '../recording/import/trace-formats.ts';
import { parseName } from '../plan/quantities.ts';
import { formatCount, formatValue } from '../report/format.ts';
import type { CommandOutput } from './command-output.ts';
import { writeWholeFile } from './whole-file.ts';

export interface ImportFlags {
  readonly from?: string;
  readonly out: string;
}

const AUTO = 'auto';

/** @throws BenchError USAGE, WORKLOAD or FILE; the file is written whole or not at all. */
export async function importCommand(
  trace: string,
  flags: ImportFlags,
  { stdout }: CommandOutput,
): Promise<void> {
  const from = readFormat(flags.from);
  const counts = { streams: 0, tokens: 0, leftOut: 0 };
  const offsets: (readonly number[])[] = [];
  const lines = async function* (): AsyncGenerator<string> {
    for await (const record of importTrace(trace, from)) {
      yield `${JSON.stringify(record)}\n`;
      counts.streams++;
      const deltas = deltasOf(record, `${trace}, stream ${counts.streams}`);
      if ('why' in deltas) counts.leftOut++;
      else {
        counts.tokens += deltas.tokens.length;
        if (offsets.length < MOST_SUMMARISED) offsets.push(deltas.offsetsNs);
      }
    }
  };
  await writeWholeFile(flags.out, lines());
  stdout.write(summaryOf(flags.out, counts, offsets));
}

/** Streams whose gaps are summarised: a trace may be longer than memory. */
const MOST_SUMMARISED = 10_000;

function readFormat(name: string | undefined): TraceFormat | undefined {
  if (name === undefined || name === AUTO) return undefined;
  return parseName('--from', name, { what: 'format', names: traceFormatNames });
}

function summaryOf(
  out: string,
  { streams, tokens, leftOut }: { streams: number; tokens: number; leftOut: number },
  offsets: readonly (readonly number[])[],
): string {
  const gaps = offsets
    .flatMap((times) => times.slice(1).map((ns, index) => ns - (times[index] ?? 0)))
    .toSorted((a, b) => a - b);
  const median = gaps[Math.floor(gaps.length / 2)];
  const lines = [
    `${out}: ${formatCount(streams)} streams, ${formatCount(tokens)} tokens`,
    ...(leftOut === 0
      ? []
      : [`${formatCount(leftOut)} of them did not arrive whole, and a replay leaves them out`]),
    ...(median === undefined
      ? []
      : [
          `median gap ${formatValue(median, 'ns')}, ${coalescingOf(placed(offsets)).toFixed(3)} tokens a read`,
        ]),
    `replay: streamduel run --workload ${out}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The times of all streams as if they followed each other, so that those of two never coincide. */
function placed(offsets: readonly (readonly number[])[]): readonly number[] {
  let base = 0;
  return offsets.flatMap((times) => {
    const from = base;
    base += (times.at(-1) ?? 0) + 1;
    return times.map((ns) => from + ns);
  });
}
