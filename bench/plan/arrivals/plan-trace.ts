// Plans arrivals by a trace: the rows that begin within a trial.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { BenchError } from '../../contract/errors.ts';
import { tailOf } from '../../contract/tail.ts';
import {
  MOST_STREAMS,
  seconds,
  type Arriving,
  type ArrivalsPlace,
  type FoundArrivals,
} from './arrivals-place.ts';
import { ARRIVAL_FORMS } from './parse-arrivals.ts';
import { readTrace, type Trace } from './read-trace.ts';

/** @throws BenchError UNKNOWN_NAME, LIMIT or USAGE */
export async function planTrace(
  { file, speed }: Extract<Arriving, { kind: 'trace' }>,
  { workload, warmupNs, windowNs }: ArrivalsPlace,
): Promise<FoundArrivals> {
  const untilNs = warmupNs + windowNs;
  const trace = await readFlagged(file, {
    untilNs: (untilNs + tailOf(workload)) * speed,
    mostRowsKept: MOST_STREAMS,
  });
  const { format, sha256, rows, spanNs, sameTimeRows, inputTokens } = trace;
  const startNs = trace.startNs.map((ns) => Math.round(ns / speed));
  if (spanNs / speed < untilNs)
    throw new BenchError(
      'LIMIT',
      `--arrivals ${file}: its ${rows} rows last ${seconds(spanNs / speed)} s${atSpeed(speed)}, and a trial ${seconds(untilNs)} s`,
      {
        hint: `lower --duration or --warmup, or give a longer trace${speed > 1 ? `, or at most x${Math.floor((100 * spanNs) / untilNs) / 100}` : ''}`,
      },
    );
  if (!startNs.some((ns) => ns >= warmupNs && ns < untilNs))
    throw new BenchError(
      'LIMIT',
      `--arrivals ${file}: no stream begins in the window, from ${seconds(warmupNs)} s to ${seconds(untilNs)} s${atSpeed(speed)}`,
      { hint: 'raise --duration, or the speed after the colon' },
    );
  const inOrder = inputTokens.toSorted((one, other) => one - other);
  return {
    kind: 'trace',
    speed,
    file: basename(file),
    sha256,
    format,
    rows,
    spanNs,
    sameTimeRows,
    inputTokens: {
      median: inOrder[Math.floor((inOrder.length - 1) / 2)] as number,
      most: inOrder.at(-1) as number,
    },
    startNs,
    tokens: [...trace.outputTokens],
  };
}

/** Names the flag, too, so that an error about a configuration file has its place. */
async function readFlagged(...[file, options]: Parameters<typeof readTrace>): Promise<Trace> {
  if (!existsSync(file))
    throw new BenchError('UNKNOWN_NAME', `--arrivals ${file}: there is no file of that name`, {
      hint: ARRIVAL_FORMS,
    });
  try {
    return await readTrace(file, options);
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new BenchError(error.code, `--arrivals ${error.message}`, { cause: error, ...hint });
  }
}

function atSpeed(speed: number): string {
  return speed === 1 ? '' : ` at ×${speed}`;
}
