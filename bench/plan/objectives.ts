// What a server must hold for a load to count as carried (`--slo`), and how far a search goes. An objective is written like a
// threshold of --fail-if, but says what must be and not what must not.

import { leastStreams } from '../analysis/capacity/load-grid.ts';
import { BenchError } from '../contract/errors.ts';
import type { Plan } from '../contract/run-file.ts';
import type { Objective, SearchPlan } from '../contract/search.ts';
import type { Workload } from '../contract/workload.ts';
import { usageError } from './quantities.ts';
import { readCondition } from './thresholds.ts';

const FLAG = '--slo';
const DEFAULT_OBJECTIVE = 'delivery.p99 <= 50ms';

/** How thoroughly a preset searches. */
export type SearchSize = Pick<SearchPlan, 'width' | 'stepsPerLoad' | 'curveLoads'>;

interface SearchFlags {
  readonly slo?: readonly string[];
  readonly connections?: string;
  readonly stamps?: boolean;
}

interface SearchPlace {
  readonly connections: readonly number[];
  readonly workload: Workload;
  readonly size: SearchSize;
}

/**
 * A quarter of what one core of a virtual machine of 2025 carried with this harness, some 60 000 tokens/s. Where it is far off,
 * the burn-in block takes a few steps more.
 */
const FIRST_TOKENS_PER_SECOND = 15_000;
/** Far more than a search needs where the answer does not wander. */
const MAX_STEPS = 24;

/** @throws BenchError USAGE or UNKNOWN_NAME */
export function planSearch(
  { slo, connections: given, stamps }: SearchFlags,
  { connections, workload, size }: SearchPlace,
): Pick<Plan, 'search'> {
  const [most = 0, ...others] = connections;
  const least = leastStreams(size.width);
  if (given !== undefined && (others.length > 0 || most < least))
    throw usageError('--connections', given, `one number of at least ${least}, the most streams that a search may ask for`);
  if (stamps === true)
    throw new BenchError('USAGE', '--stamps: a search is many trials in one and keeps no stamps', {
      hint: 'measure the load of interest with scenario stream',
    });
  const firstStreams = Math.round(FIRST_TOKENS_PER_SECOND / workload.tokensPerSecond);
  return {
    search: {
      objectives: (slo ?? [DEFAULT_OBJECTIVE]).map(parseObjective),
      firstStreams: Math.min(Math.ceil(most / 2), Math.max(least, firstStreams)),
      mostStreams: most,
      maxSteps: MAX_STEPS,
      ...size,
    },
  };
}

/** @throws BenchError USAGE or UNKNOWN_NAME with the flag, the text and what is wrong with it. */
export function parseObjective(text: string): Objective {
  const condition = readCondition(text, { flag: FLAG, scenario: 'stream' });
  // An objective of one arm alone would compare different questions.
  if (condition === undefined || condition.arm !== undefined)
    throw usageError(FLAG, text, `metric, one of >= <= > <, and a limit, such as ${DEFAULT_OBJECTIVE}: what must hold in every arm`);
  const { metric, operator, limit } = condition;
  return { text: text.trim(), metric, operator, limit };
}

/** @throws BenchError USAGE when another scenario is told what must hold. */
export function refuseObjectives({ slo }: SearchFlags, scenario: string): void {
  const [first] = slo ?? [];
  if (first !== undefined)
    throw usageError(
      FLAG,
      first,
      `scenario capacity, which searches for what holds it; in ${scenario}, --fail-if ends a run with an error`,
    );
}

/** The flags that plan the same again. */
export function repeatSearch({ search }: Pick<Plan, 'search'>): string[] {
  return search === undefined ? [] : search.objectives.map(({ text }) => `${FLAG} '${text}'`);
}
