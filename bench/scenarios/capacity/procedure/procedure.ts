// Procedure `search`: searches for the most streams at the objectives, in steps that follow from
// the results of earlier ones. Also measures the load–latency curve and the proof, whose loads were
// chosen beforehand.

import assert from 'node:assert/strict';
import { measureHeadline, searchLoads } from '../search-loads.ts';
import type { SearchedTrial } from '../../../contract/run-file.ts';
import type { SearchRecord, SearchStep } from '../../../contract/search.ts';
import { NS_PER_S } from '../../../contract/units.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import type { MeasureOptions, TrialRunner } from '../../../trial/procedure.ts';
import { Steps } from './steps.ts';

export const runner: TrialRunner = { id: 'search', run: searchCapacity };

/**
 * @throws BenchError for anything that makes the trial a failed one, INTERRUPTED when the signal
 * was raised.
 */
async function searchCapacity(
  planned: PlannedTrial,
  options: MeasureOptions,
): Promise<SearchedTrial> {
  const { asked } = planned;
  const { search: plan } = options.plan;
  assert(asked !== undefined && plan !== undefined, 'a trial of this procedure says what it asks');
  const steps = new Steps(planned, options, plan);
  const measure = async (streams: number): Promise<SearchStep> => await steps.measure(streams);
  if (asked.purpose !== 'search') return steps.record(await measureLoads(asked.streams, measure));
  const { headlineStreams } = asked;
  const atHeadline = {
    ...options,
    plan: { ...options.plan, windowNs: Math.max(options.plan.windowNs, HEADLINE_WINDOW_NS) },
  };
  const headline =
    headlineStreams === undefined
      ? undefined
      : await measureHeadline(
          headlineStreams,
          async (streams) => await steps.measure(streams, atHeadline),
        );
  const search = await searchLoads({
    plan,
    startStreams: asked.startStreams,
    isBurnIn: planned.burnIn,
    measure,
  });
  return steps.record({ ...(headline !== undefined && { headline }), ...search });
}

/**
 * The reference load has a single step a trial, while a search has several: its window is longer
 * than one second of a shared machine.
 */
const HEADLINE_WINDOW_NS = 3 * NS_PER_S;

async function measureLoads(
  loads: readonly number[],
  measure: (streams: number) => Promise<SearchStep>,
): Promise<SearchRecord> {
  const steps: SearchStep[] = [];
  for (const streams of loads) steps.push(await measure(streams));
  return { steps, failedBy: [] };
}
