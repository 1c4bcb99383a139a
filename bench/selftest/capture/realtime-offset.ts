// Packets are stamped by CLOCK_REALTIME, all else here by CLOCK_MONOTONIC. Their difference changes
// only when the clock is set: slewing, as by NTP, moves both alike. So it is read before and after
// a capture, and the change is part of the error.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { BenchError, messageOf } from '../../contract/errors.ts';
import { programPath } from '../../contract/program.ts';

/** CLOCK_REALTIME minus CLOCK_MONOTONIC. */
export interface RealtimeOffset {
  /** Middle of the interval that the readings allow. */
  readonly offsetNs: bigint;
  /** Its width: the offset is wrong by half of it at most. */
  readonly bracketNs: number;
}

/** The offsets before and after a capture, combined. */
export interface CaptureClock extends RealtimeOffset {
  /** Change of the offset from before the capture to after it. */
  readonly driftNs: number;
  /** Maximum error of a stamp converted with `offsetNs`. */
  readonly errorBoundNs: number;
}

const program = programPath(import.meta.url, './bracket-realtime');
const TIMEOUT_MS = 10_000;

const printedSchema = z.object({
  lowNs: z.string().transform(BigInt),
  highNs: z.string().transform(BigInt),
});

/**
 * Runs in a process of its own, because WASI prints an experimental warning on stderr. @throws
 * BenchError CLOCK when it cannot be read.
 */
export async function readRealtimeOffset(): Promise<RealtimeOffset> {
  let printed: z.infer<typeof printedSchema>;
  try {
    const { NODE_OPTIONS: _inherited, ...env } = process.env;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', program],
      {
        timeout: TIMEOUT_MS,
        env,
      },
    );
    printed = printedSchema.parse(JSON.parse(stdout));
  } catch (cause) {
    throw new BenchError(
      'CLOCK',
      `the wall clock could not be read to the nanosecond: ${messageOf(cause)}`,
      { cause },
    );
  }
  return offsetWithin(printed.lowNs, printed.highNs);
}

/** @throws BenchError CLOCK when no offset fits, because the clock was set meanwhile. */
export function offsetWithin(lowNs: bigint, highNs: bigint): RealtimeOffset {
  if (lowNs > highNs) {
    throw new BenchError(
      'CLOCK',
      `the wall clock was set by ${lowNs - highNs} ns or more while it was being read`,
      {
        hint: 'measure again; if it happens again, see who sets the clock (timedatectl, chronyc tracking)',
      },
    );
  }
  return { offsetNs: (lowNs + highNs) / 2n, bracketNs: Number(highNs - lowNs) };
}

export function joinOffsets(before: RealtimeOffset, after: RealtimeOffset): CaptureClock {
  const driftNs = Number(after.offsetNs - before.offsetNs);
  const bracketNs = Math.max(before.bracketNs, after.bracketNs);
  return {
    offsetNs: (before.offsetNs + after.offsetNs) / 2n,
    bracketNs,
    driftNs,
    errorBoundNs: (bracketNs + Math.abs(driftNs)) / 2,
  };
}
