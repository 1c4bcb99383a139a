// Searches for the most streams at the objectives: steps, each a whole steady trial in fresh processes, chosen by the results
// of earlier steps. Also measures the load–latency curve and the proof, whose loads were chosen beforehand.

import { strict as assert } from 'node:assert';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { failedStep, judgeStep } from '../scenarios/capacity/judge-step.ts';
import { gatesOfSearch } from '../scenarios/capacity/search-gates.ts';
import { measureHeadline, searchLoads } from '../scenarios/capacity/search-loads.ts';
import { receiptOfWindow } from '../scenarios/capacity/window-receipt.ts';
import { mean } from '../analysis/statistics/moments.ts';
import { BenchError } from '../contract/errors.ts';
import { deriveSeed } from '../contract/random.ts';
import type { CompletedTrial, SearchedTrial } from '../contract/run-file.ts';
import type { SearchPlan, SearchRecord, SearchStep } from '../contract/search.ts';
import { NS_PER_S } from '../contract/units.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { isFailure } from '../trial/measure-record.ts';
import { measureTrial, type MeasureOptions } from '../trial/measure-trial.ts';
import { joinInputOf, recordTrial } from './record-trial.ts';

/** @throws BenchError for anything that makes the trial a failed one, INTERRUPTED when the signal was raised. */
export async function searchCapacity(planned: PlannedTrial, options: MeasureOptions): Promise<SearchedTrial> {
  const { asked } = planned;
  const { search: plan } = options.plan;
  assert(asked !== undefined && plan !== undefined, 'a trial of a search says what it asks');
  const steps = new Steps(planned, options, plan);
  const measure = async (streams: number): Promise<SearchStep> => await steps.measure(streams);
  if (asked.purpose !== 'search') return steps.record(await measureLoads(asked.streams, measure));
  const { headlineStreams } = asked;
  const atHeadline = { ...options, plan: { ...options.plan, windowNs: Math.max(options.plan.windowNs, HEADLINE_WINDOW_NS) } };
  const headline =
    headlineStreams === undefined
      ? undefined
      : await measureHeadline(headlineStreams, async (streams) => await steps.measure(streams, atHeadline));
  const search = await searchLoads({ plan, startStreams: asked.startStreams, isBurnIn: planned.burnIn, measure });
  return steps.record({ ...(headline !== undefined && { headline }), ...search });
}

/** The reference load has a single step a trial, while a search has several: its window is longer than one second of a shared machine. */
const HEADLINE_WINDOW_NS = 3 * NS_PER_S;

async function measureLoads(loads: readonly number[], measure: (streams: number) => Promise<SearchStep>): Promise<SearchRecord> {
  const steps: SearchStep[] = [];
  for (const streams of loads) steps.push(await measure(streams));
  return { steps, failedBy: [] };
}

/** This many failed trials in a row are no overload: something else is broken. */
const MAX_FAILURES_IN_A_ROW = 3;

/** The second step at a load is another sample of it, and the same one in all arms of the block. */
function planStep({ asked: _asked, ...place }: PlannedTrial, { streams, times }: { streams: number; times: number }): PlannedTrial {
  return { ...place, workloadSeed: deriveSeed(place.workloadSeed, streams, times), loadPoint: { connections: streams } };
}

/** Folder for the stamps of a step, inside that of the run. @param step `times`: how often its load was measured before. */
function stepFolder({ trial, streams, times }: { trial: number; streams: number; times: number }): string {
  return `search-${String(trial).padStart(4, '0')}-${streams}-streams-${times + 1}`;
}

/** The trials of one search. */
class Steps {
  readonly #planned: PlannedTrial;
  readonly #options: MeasureOptions;
  readonly #plan: SearchPlan;
  readonly #trials: { readonly trial: CompletedTrial; readonly isCarried: boolean }[] = [];
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
      const measured = await measureTrial(planned, { ...options, keepStampsIn: this.#keepStampsIn(streams, times) });
      const input = joinInputOf(measured);
      const trial = recordTrial(planned, measured, input);
      const step = judgeStep({ streams, trial, receipt: receiptOfWindow(input) }, this.#plan.objectives);
      this.#trials.push({ trial, isCarried: step.failed.length === 0 });
      this.#failuresInARow = 0;
      return step;
    } catch (error) {
      this.#failuresInARow++;
      if (this.#options.signal.aborted || !isFailure(error) || this.#failuresInARow === MAX_FAILURES_IN_A_ROW) throw error;
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
    const trials = this.#trials.map(({ trial }) => trial);
    const [first, last] = [trials[0], trials.at(-1)];
    if (first === undefined || last === undefined) throw this.#lastFailure ?? new BenchError('CHILD_DIED', 'the search measured nothing');
    const carried = this.#trials.filter(({ isCarried }) => isCarried).map(({ trial }) => trial);
    const stolen = carried.flatMap((trial) => trial.stolen ?? []);
    const sum = (of: (trial: CompletedTrial) => number): number => trials.reduce((total, trial) => total + of(trial), 0);
    return {
      kind: 'trial',
      ...this.#planned,
      outcome: 'searched',
      search,
      startedAt: first.startedAt,
      clock: {
        before: first.clock.before,
        after: last.clock.after,
        sameTimeNamespace: trials.every(({ clock }) => clock.sameTimeNamespace),
      },
      wallNs: sum(({ wallNs }) => wallNs),
      overheadNs: sum(({ overheadNs }) => overheadNs),
      windowNs: sum(({ windowNs }) => windowNs),
      planned: {
        streams: sum(({ planned }) => planned.streams),
        tokens: sum(({ planned }) => planned.tokens),
        windowStarts: sum(({ planned }) => planned.windowStarts),
        windowTokens: sum(({ planned }) => planned.windowTokens),
        meanConcurrent: mean(trials.map(({ planned }) => planned.meanConcurrent)),
      },
      distributions: {},
      ...(stolen.length > 0 && { stolen: mean(stolen) }),
      gates: gatesOfSearch(
        carried.map(({ gates }) => gates),
        search.end,
      ),
      warnings: [],
    };
  }
}
