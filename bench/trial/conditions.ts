// What a load point asks of the streams of a trial besides their number: which are due together, which stop reading, how they
// get their connections. The one place where a scenario's load points become a specification.

import type { TrialSpecification } from '../contract/messages.ts';
import type { Plan } from '../contract/run-file.ts';
import type { PlannedTrial } from '../plan/trials.ts';

export type Conditions = Pick<TrialSpecification, 'workload' | 'timetable' | 'stall' | 'connecting'>;

/** @param workload Of the plan, with its tokens on this machine. */
export function conditionsOf({ loadPoint }: PlannedTrial, _plan: Plan, workload: TrialSpecification['workload']): Conditions {
  const { tokensPerTick } = loadPoint;
  return { workload: tokensPerTick === undefined ? workload : { ...workload, tokensPerTick } };
}
