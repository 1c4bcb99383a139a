// Parses the objectives that must hold for a load to count as carried (`--slo`), and plans a
// search. An objective is written like a threshold of --fail-if, but states what must hold and not
// what must not.

import { leastStreams } from './load-grid.ts';
import { steadyMetrics } from '../../analysis/metrics/steady.ts';
import { BenchError } from '../../contract/errors.ts';
import type { Plan } from '../../contract/run-file.ts';
import type { Objective, SearchPlan } from '../../contract/search.ts';
import { NS_PER_S } from '../../contract/units.ts';
import type { Workload } from '../../contract/workload.ts';
import type { RunFlags } from '../../flags/run-flags.ts';
import { parseDuration, usageError } from '../../plan/quantities.ts';
import { readCondition } from '../../plan/read-condition.ts';

const FLAG = '--slo';
const ATTAINMENT = 'attainment';
const DEFAULT_OBJECTIVE = 'attainment.50ms >= 99%';

/**
 * `attainment.50ms >= 99%`: the share of the tokens planned in the window that were received within
 * that time after they were due.
 */
const attainmentPattern =
  /^attainment\.(\d{1,9}(?:us|µs|ms|s))\s*(>=?)\s*(\d{1,3}(?:\.\d{1,9})?)\s*%$/;

/**
 * Stalls, and not tokens, are the independent events of a tail: in batches of 100 ms, a window
 * below this length has fewer than 50 of them, and one stall alone is its 99th percentile.
 */
const LEAST_WINDOW_OF_P99_NS = 5 * NS_PER_S;
/** Lowest quantile that counts as tail. */
const TAIL_QUANTILE = 0.99;

/** Thoroughness of a preset's search. */
export type SearchSize = Pick<SearchPlan, 'width' | 'stepsPerLoad' | 'curveLoads'>;

interface SearchPlace {
  readonly connections: readonly number[];
  readonly workload: Workload;
  readonly size: SearchSize;
  readonly windowNs: number;
}

/**
 * A quarter of the capacity of one core of a virtual machine of 2025 with this harness, some 60 000
 * tokens/s. When it is far off, the burn-in block takes a few steps more.
 */
const FIRST_TOKENS_PER_SECOND = 15_000;
/**
 * A load generator that verifies every token saturates before a server does; see count-check.ts.
 */
const VERIFY_ONE_IN = 10;
/** Far more than a search needs while the answer is stable. */
const MAX_STEPS = 24;

/** @throws BenchError USAGE or UNKNOWN_NAME */
export function planSearch(
  { slo, connections: given }: Pick<RunFlags, 'slo' | 'connections'>,
  { connections, workload, size, windowNs }: SearchPlace,
): Pick<Plan, 'search'> {
  const [most = 0, ...others] = connections;
  const least = leastStreams(size.width);
  if (given !== undefined && (others.length > 0 || most < least))
    throw usageError(
      '--connections',
      given,
      `one number of at least ${least}, the most streams that a search may ask for`,
    );
  const objectives = (slo ?? [DEFAULT_OBJECTIVE]).map(parseObjective);
  for (const objective of objectives) checkSupport(objective, windowNs);
  const firstStreams = Math.round(FIRST_TOKENS_PER_SECOND / workload.tokensPerSecond);
  return {
    search: {
      objectives,
      firstStreams: Math.min(Math.ceil(most / 2), Math.max(least, firstStreams)),
      mostStreams: most,
      maxSteps: MAX_STEPS,
      verifyOneIn: VERIFY_ONE_IN,
      ...size,
    },
  };
}

/** @throws BenchError USAGE */
function checkSupport({ text, metric }: Objective, windowNs: number): void {
  const { quantile } = steadyMetrics.find(({ id }) => id === metric) ?? {};
  if (quantile === undefined || quantile < TAIL_QUANTILE || windowNs >= LEAST_WINDOW_OF_P99_NS)
    return;
  const window = `${windowNs / NS_PER_S} s`;
  throw new BenchError(
    'USAGE',
    `${FLAG} ${text}: a window of ${window} holds too few separate stalls for such a quantile`,
    {
      hint: `ask for a share of the tokens instead, such as ${FLAG} '${DEFAULT_OBJECTIVE}', or measure for 5 s or longer (--duration)`,
    },
  );
}

/** @throws BenchError USAGE or UNKNOWN_NAME with the flag, the text and the problem. */
export function parseObjective(text: string): Objective {
  const attainment = parseAttainment(text.trim());
  if (attainment !== undefined) return attainment;
  const condition = readCondition(text, { flag: FLAG, metrics: steadyMetrics });
  // An objective of one arm alone would compare different questions.
  if (condition === undefined || condition.arm !== undefined)
    throw usageError(
      FLAG,
      text,
      `metric, one of >= <= > <, and a limit, such as ${DEFAULT_OBJECTIVE}: what must hold in every arm`,
    );
  const { metric, operator, limit } = condition;
  return { text: text.trim(), metric, operator, limit };
}

/** Returns undefined for any other text. @throws BenchError USAGE for a share above 100 %. */
function parseAttainment(text: string): Objective | undefined {
  const [, within, operator, share] = attainmentPattern.exec(text) ?? [];
  if (within === undefined) return undefined;
  const limit = Number((Number(share) / 100).toPrecision(15));
  const withinNs = parseDuration(FLAG, within);
  if (limit > 1 || withinNs <= 0)
    throw usageError(
      FLAG,
      text,
      `a time above 0 and a share of at most 100 %, such as ${DEFAULT_OBJECTIVE}`,
    );
  return { text, metric: ATTAINMENT, operator: operator === '>' ? '>' : '>=', limit, withinNs };
}
