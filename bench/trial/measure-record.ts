// Measures one planned trial and returns the record to save, whether it was measured or failed.

import { BenchError, messageOf } from '../contract/errors.ts';
import type { FailedTrial, TrialRecord } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { MeasureOptions, RunTrial } from './procedure.ts';

/** Codes of errors that every later trial would repeat. */
const fatalCodes = new Set(['PORT', 'CLOCK', 'FILE', 'WORKLOAD', 'BROKER', 'INTERRUPTED']);

/** @throws BenchError INTERRUPTED, or an error that would make every later trial fail. */
export async function measureRecord(
  planned: PlannedTrial,
  options: MeasureOptions,
  run: RunTrial,
): Promise<TrialRecord> {
  const startedAt = new Date().toISOString();
  try {
    return await run(planned, options);
  } catch (error) {
    if (options.signal.aborted || !isFailure(error)) throw error;
    return describeFailure(planned, startedAt, error);
  }
}

/** Whether the error makes this trial a failed one, but need not make the next one fail. */
export function isFailure(error: unknown): error is BenchError {
  return error instanceof BenchError && !fatalCodes.has(error.code);
}

function describeFailure(planned: PlannedTrial, startedAt: string, error: BenchError): FailedTrial {
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return {
    kind: 'trial',
    outcome: 'failed',
    ...planned,
    startedAt,
    failure: { code: error.code, message: messageOf(error), ...hint },
  };
}
