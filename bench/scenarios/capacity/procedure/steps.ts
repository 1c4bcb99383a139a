// Measures the steps of one search: each is a whole steady trial in fresh processes.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { failedStep, judgeStep } from '../judge-step.ts';
import { receiptOfWindow } from '../window-receipt.ts';
import { BenchError } from '../../../contract/errors.ts';
import { deriveSeed } from '../../../contract/random.ts';
import type { SearchedTrial } from '../../../contract/run-file.ts';
import type { SearchPlan, SearchRecord, SearchStep } from '../../../contract/search.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { isFailure } from '../../../trial/measure-record.ts';
import { measureTrial, type MeasureOptions } from '../../../trial/procedure.ts';
import { steady } from '../../steady/procedure.ts';
import { joinInputOf, recordSteady } from '../../steady/record.ts';
import { recordSearch, type MeasuredStep } from './record.ts';

/** This many failed trials in a row are no overload: something else is broken. */
const MAX_FAILURES_IN_A_ROW = 3;

/** A steady trial of one load. */
export function stepOf({ verifyOneIn }: SearchPlan): typeof steady {
  return {
    ...steady,
    specify: (planned, options) => ({
      ...steady.specify(planned, options),
      // A search goes up to the saturation of a server: there it would still work off the pause of
      // a collection in the window.
      collectNs: 0,
      ...(verifyOneIn !== undefined && { verifyOneIn }),
    }),
  };
}

/** The second step at a load is another sample of it, and the same one in all arms of the block. */
function planStep(
  { asked: _asked, ...place }: PlannedTrial,
  { streams, times }: { streams: number; times: number },
): PlannedTrial {
  return {
    ...place,
    workloadSeed: deriveSeed(place.workloadSeed, streams, times),
    loadPoint: { connections: streams },
  };
}

/**
 * Folder for the stamps of a step, inside that of the run. @param step `times`: how often its load
 * was measured before.
 */
function stepFolder({
  trial,
  streams,
  times,
}: {
  trial: number;
  streams: number;
  times: number;
}): string {
  return `search-${String(trial).padStart(4, '0')}-${streams}-streams-${times + 1}`;
}

export class Steps {
  readonly #planned: PlannedTrial;
  readonly #options: MeasureOptions;
  readonly #plan: SearchPlan;
  readonly #measured: MeasuredStep[] = [];
  readonly #timesMeasured = new Map<number, number>();
  #failuresInARow = 0;
  #lastFailure: BenchError | undefined;

  constructor(planned: PlannedTrial, options: MeasureOptions, plan: SearchPlan) {
    this.#planned = planned;
    this.#options = options;
    this.#plan = plan;
  }

  async measure(streams: number, options = this.#options): Promise<SearchStep> {
    const times = this.#timesMeasured.get(streams) ?? 0;
    this.#timesMeasured.set(streams, times + 1);
    const planned = planStep(this.#planned, { streams, times });
    try {
      const keepStampsIn = this.#keepStampsIn(streams, times);
      const measured = await measureTrial(stepOf(this.#plan), planned, {
        ...options,
        keepStampsIn,
      });
      const input = joinInputOf(measured);
      const trial = recordSteady(planned, measured, input);
      const step = judgeStep(
        { streams, trial, receipt: receiptOfWindow(input) },
        this.#plan.objectives,
      );
      this.#measured.push({ trial, isCarried: step.failed.length === 0 });
      this.#failuresInARow = 0;
      return step;
    } catch (error) {
      this.#failuresInARow++;
      if (
        this.#options.signal.aborted ||
        !isFailure(error) ||
        this.#failuresInARow === MAX_FAILURES_IN_A_ROW
      )
        throw error;
      this.#lastFailure = error;
      return failedStep(streams, error.message);
    }
  }

  /** One folder a step, since all steps belong to one trial. */
  #keepStampsIn(streams: number, times: number): string | undefined {
    const { keepStampsIn } = this.#options;
    if (keepStampsIn === undefined) return undefined;
    const folder = join(keepStampsIn, stepFolder({ trial: this.#planned.trial, streams, times }));
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** @throws BenchError when not one step was measured. */
  record(search: SearchRecord): SearchedTrial {
    const [first, ...others] = this.#measured;
    if (first === undefined)
      throw this.#lastFailure ?? new BenchError('CHILD_DIED', 'the search measured nothing');
    return recordSearch(this.#planned, search, [first, ...others]);
  }
}
