// Links a child process to its orchestrator: it parses the messages, reports why it ends, and never
// outlives it.

import type { z } from 'zod';
import { BenchError, messageOf } from './errors.ts';

interface LinkOptions<In> {
  readonly schema: z.ZodType<In>;
  /** A rejection is reported, then ends the process. */
  readonly onMessage: (message: In) => void | Promise<void>;
}

/** The last message of a failing child, so that the trial's record names the cause. */
function describeFailure(error: unknown): {
  kind: 'failed';
  code: string;
  message: string;
  hint?: string;
} {
  const code = error instanceof BenchError ? error.code : 'CHILD_DIED';
  const hint = error instanceof BenchError ? error.hint : undefined;
  return { kind: 'failed', code, message: messageOf(error), ...(hint !== undefined && { hint }) };
}

function die(error: unknown): void {
  void sendToParent(describeFailure(error)).then(() => process.exit(1));
}

/** Resolves once the message has left, or the orchestrator is gone. */
export async function sendToParent(message: object): Promise<void> {
  await new Promise<void>((resolve) => {
    process.send?.(message, undefined, {}, () => resolve());
  });
}

/** Call once, at the start of the process. */
export function linkToParent<In>(options: LinkOptions<In>): void {
  if (process.send === undefined) {
    throw new BenchError('USAGE', 'this program is started by streamduel, not by hand', {
      hint: 'use: streamduel run',
    });
  }
  process.on('message', (raw) => {
    try {
      void Promise.resolve(options.onMessage(options.schema.parse(raw))).catch(die);
    } catch (error) {
      die(error);
    }
  });
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  // Covers a killed orchestrator, too: the channel closes with it.
  process.on('disconnect', () => process.exit(1));
  // Ctrl-C reaches the whole process group; the orchestrator decides what stops when.
  process.on('SIGINT', () => {});
}

/** Calls back at a point on the trial's clock, or at once if it has passed. */
export function callAt(atNs: number, now: () => number, callback: () => void): NodeJS.Timeout {
  return setTimeout(callback, Math.max(0, (atNs - now()) / 1e6));
}
