// Every expected failure has a code here. A BenchError is shown once, by the command line, without
// a stack.

export const errorCodes = {
  USAGE: 'the command line or a file it names is wrong',
  UNKNOWN_NAME: 'a scenario, transport, workload, payload or preset that does not exist',
  MISSING_PROGRAM: 'a program that this needs is not installed',
  LIMIT: 'the load asks for more than this machine or process may have',
  RUN_FOLDER: 'a run folder is missing, damaged or of another version',
  WORKLOAD: 'a workload file is missing, damaged or not what its hash says',
  CHILD_START: 'a server or client process did not come up',
  CHILD_DIED: 'a server or client process ended before its time',
  CHILD_SILENT: 'a server or client process did not answer in time',
  AGENT_LOST: 'an agent, or the broker, was lost while a trial ran',
  BROKER: 'the broker cannot be reached, or refuses',
  PORT: 'an address could not be bound',
  CLOCK: 'the processes do not share one monotonic clock',
  PROTOCOL: 'bytes on the wire that the transport does not allow',
  SLOW_CONSUMER: 'a receiver fell further behind than the cap allows',
  STREAM: 'a stream failed, was cut, or did not verify',
  FILE: 'a file could not be read or written',
  INTERRUPTED: 'the run was stopped by the user',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof errorCodes;

interface BenchErrorOptions {
  /** Tells the reader how to fix it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * A failure of the user, the machine or the network; never a bug. The message names the value, the
 * hint the fix.
 */
export class BenchError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: BenchErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BenchError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** Codes of usage errors: the command line, or a file or folder that it names, must change. */
const usageCodes: ReadonlySet<ErrorCode> = new Set([
  'USAGE',
  'UNKNOWN_NAME',
  'MISSING_PROGRAM',
  'LIMIT',
  'WORKLOAD',
  'RUN_FOLDER',
  'BROKER',
]);

/** Exit code: 2 for usage errors, 130 for Ctrl-C, 1 for all else. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof BenchError)) return 1;
  if (error.code === 'INTERRUPTED') return 130;
  return usageCodes.has(error.code) ? 2 : 1;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
