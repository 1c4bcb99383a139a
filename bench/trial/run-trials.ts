// Runs the trials of a plan one after another, or some in parallel, and saves each as it ends. A
// failed trial is a result: it is saved, and the run goes on, unless every later trial would fail,
// too.

import { setTimeout } from 'node:timers/promises';
import { BenchError } from '../contract/errors.ts';
import { faultOf } from '../contract/faults.ts';
import type { Plan, TrialRecord } from '../contract/run-file.ts';
import { NS_PER_MS } from '../contract/units.ts';
import type { PlannedTrial } from '../plan/trials.ts';

export interface RunTrialsOptions {
  readonly plan: Pick<Plan, 'cooldownNs' | 'recovery'>;
  /** Number of trials that may run in parallel from now on. */
  readonly lanes: () => number;
  /**
   * The trials to run next, given all saved records; empty when the run is done. Called again after
   * each trial.
   */
  readonly next: () => readonly PlannedTrial[];
  /** Rejects when every later trial would fail, too; a failed trial is a record. */
  readonly measure: (planned: PlannedTrial, signal: AbortSignal) => Promise<TrialRecord>;
  readonly signal: AbortSignal;
  readonly save: (record: TrialRecord) => void;
  readonly onStart: (planned: PlannedTrial) => void;
  readonly onEnd: (record: TrialRecord) => void;
}

/**
 * This many failures in a row mean that the machine cannot run this plan, not that one trial was
 * unlucky.
 */
const MAX_FAILURES_IN_A_ROW = 4;

/**
 * @throws BenchError INTERRUPTED, or an error that would make every later trial fail. Finished
 * trials are saved by then.
 */
export async function runTrials(options: RunTrialsOptions): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const lanes = new Lanes(options, signal);
  try {
    await lanes.run();
  } catch (error) {
    // Parallel trials are aborted with it; they were not saved, so a continued run measures them
    // again.
    stop.abort(error);
    await lanes.settled();
    throw error;
  }
}

/**
 * Runs the trials of one block, as many in parallel as there are lanes; a trial with `alone` waits
 * for all others to end.
 */
class Lanes {
  readonly #options: RunTrialsOptions;
  readonly #signal: AbortSignal;
  readonly #running = new Map<number, Promise<void>>();
  #failuresInARow = 0;

  constructor(options: RunTrialsOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    const { plan, next, lanes } = this.#options;
    for (;;) {
      const waiting = longestFirst(
        next().filter(({ trial }) => !this.#running.has(trial)),
        plan,
      );
      const most = waiting.some(({ alone }) => alone === true) ? 1 : lanes();
      for (const planned of waiting.slice(0, Math.max(0, most - this.#running.size)))
        this.#start(planned);
      if (this.#running.size === 0) return;
      await Promise.race(this.#running.values());
      this.#options.signal.throwIfAborted();
    }
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }

  #start(planned: PlannedTrial): void {
    this.#signal.throwIfAborted();
    const ended = this.#measure(planned).finally(() => this.#running.delete(planned.trial));
    this.#running.set(planned.trial, ended);
    // `run` handles the rejection; until then it must not count as unhandled.
    ended.catch(() => undefined);
  }

  async #measure(planned: PlannedTrial): Promise<void> {
    const options = this.#options;
    options.onStart(planned);
    const record = await options.measure(planned, this.#signal);
    options.save(record);
    options.onEnd(record);
    this.#failuresInARow = record.outcome === 'failed' ? this.#failuresInARow + 1 : 0;
    if (record.outcome === 'failed' && this.#failuresInARow >= MAX_FAILURES_IN_A_ROW) {
      throw new BenchError(
        'CHILD_DIED',
        `${this.#failuresInARow} trials failed in a row, the last one: ${record.failure.message}`,
        {
          hint: 'the failed trials are in the run folder; once the cause is mended, go on with --continue',
        },
      );
    }
    await setTimeout(options.plan.cooldownNs / NS_PER_MS);
  }
}

/**
 * Ends a block soonest when several trials run in parallel; equally long ones stay in the order
 * that was drawn.
 */
function longestFirst(
  trials: readonly PlannedTrial[],
  { recovery }: Pick<Plan, 'recovery'>,
): readonly PlannedTrial[] {
  if (recovery === undefined) return trials;
  const lengthNs = ({ loadPoint: { fault } }: PlannedTrial): number =>
    fault === undefined ? 0 : faultOf(fault, recovery.longOutageNs).outageNs;
  return trials.toSorted((a, b) => lengthNs(b) - lengthNs(a));
}
