// A worker is a process that takes part in a trial. Today it is a child of this process; the code
// of a trial uses this interface alone, so that a process on another machine can take its place.

import type { z } from 'zod';
import type { StampColumns } from '../contract/stamps.ts';

/** @typeParam In The messages that it sends. */
export interface Worker<In extends { kind: string }> extends AsyncDisposable {
  readonly name: string;
  /** The machine on which it runs, and its process id there. */
  readonly host: string;
  readonly pid: number;
  /** Called for every message, e.g. progress, in addition to any `expect` that waits for it. */
  onMessage: ((message: In) => void) | undefined;
  readonly send: (message: object) => void;
  /** Sends a signal; callers of `expect` see its effect. */
  readonly signal: (name: NodeJS.Signals) => void;
  /**
   * @param timeoutMs undefined to wait as long as the worker lives.
   * @throws BenchError CHILD_DIED, CHILD_SILENT, or the error that the worker reported.
   */
  readonly expect: <Kind extends In['kind']>(
    kind: Kind,
    timeoutMs: number | undefined,
    signal: AbortSignal,
  ) => Promise<Extract<In, { kind: Kind }>>;
  /** The stamps that it took; it writes them before its last message. */
  readonly stamps: () => Promise<StampColumns>;
}

/** A program of this project that is started as a worker. */
export interface WorkerProgram<In extends { kind: string }> {
  readonly name: string;
  readonly program: string;
  readonly schema: z.ZodType<In>;
}

export type StartWorker = <In extends { kind: string }>(program: WorkerProgram<In>) => Worker<In>;
