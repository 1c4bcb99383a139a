// Runs the trials of a plan one after another and saves each as it ends. A failed trial is a result: it is saved, and the
// run goes on, unless going on is pointless.

import { setTimeout } from 'node:timers/promises';
import { BenchError, messageOf } from '../contract/errors.ts';
import type { CompletedTrial, FailedTrial, Plan, TrialRecord } from '../contract/run-file.ts';
import { NS_PER_MS } from '../contract/units.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { measureTrial, type LiveRate, type MeasuredTrial } from './measure-trial.ts';

export interface RunTrialsOptions {
  readonly plan: Plan;
  /** The trials to run next, given all that is saved; empty when the run is done. Asked anew after each. */
  readonly next: () => readonly PlannedTrial[];
  readonly tokenFile: string;
  readonly port: number;
  readonly verbose: boolean;
  readonly signal: AbortSignal;
  readonly keepStampsIn: string | undefined;
  /** Turns what was measured into the record that is saved. */
  readonly complete: (planned: PlannedTrial, measured: MeasuredTrial) => CompletedTrial;
  readonly save: (record: TrialRecord) => void;
  readonly onStart: (planned: PlannedTrial) => void;
  readonly onLive: (live: LiveRate) => void;
  readonly onEnd: (record: TrialRecord) => void;
}

/** Every later trial would fail in the same way. */
const fatalCodes = new Set(['PORT', 'CLOCK', 'FILE', 'WORKLOAD', 'INTERRUPTED']);
/** So many failures in a row mean that the machine cannot run this, not that one trial was unlucky. */
const MAX_FAILURES_IN_A_ROW = 4;

/** @throws BenchError INTERRUPTED, or what makes every later trial fail. Finished trials are saved by then. */
export async function runTrials(options: RunTrialsOptions): Promise<void> {
  let failuresInARow = 0;
  for (let [planned] = options.next(); planned !== undefined; [planned] = options.next()) {
    options.signal.throwIfAborted();
    options.onStart(planned);
    const record = await runTrial(planned, options);
    options.save(record);
    options.onEnd(record);
    failuresInARow = record.outcome === 'failed' ? failuresInARow + 1 : 0;
    if (record.outcome === 'failed' && failuresInARow >= MAX_FAILURES_IN_A_ROW) {
      throw new BenchError('CHILD_DIED', `${failuresInARow} trials failed in a row, the last one: ${record.failure.message}`, {
        hint: 'the failed trials are in the run folder; once the cause is mended, go on with --continue',
      });
    }
    await setTimeout(options.plan.cooldownNs / NS_PER_MS);
  }
}

async function runTrial(planned: PlannedTrial, options: RunTrialsOptions): Promise<TrialRecord> {
  const { plan, tokenFile, port, verbose, signal, keepStampsIn, onLive } = options;
  const startedAt = new Date().toISOString();
  try {
    const measured = await measureTrial(planned, { plan, tokenFile, port, verbose, signal, keepStampsIn, onProgress: onLive });
    return options.complete(planned, measured);
  } catch (error) {
    if (signal.aborted || !(error instanceof BenchError) || fatalCodes.has(error.code)) throw error;
    return describeFailure(planned, startedAt, error);
  }
}

function describeFailure(planned: PlannedTrial, startedAt: string, error: BenchError): FailedTrial {
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return { kind: 'trial', outcome: 'failed', ...planned, startedAt, failure: { code: error.code, message: messageOf(error), ...hint } };
}
