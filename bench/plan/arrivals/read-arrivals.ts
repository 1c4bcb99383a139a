// Decides whether streams arrive or form a steady population, and refuses flags and workloads that
// do not go with it.

import { meanRate } from '../../contract/arrival-model.ts';
import { BenchError } from '../../contract/errors.ts';
import type { Workload } from '../../contract/workload.ts';
import type { RunFlags } from '../../flags/run-flags.ts';
import { takersHint, whyRefused, type FlagTaker } from '../../flags/taken.ts';
import { usageError } from '../quantities.ts';
import type { Arriving } from './arrivals-place.ts';
import { parseArrivals, type AskedArrivals } from './parse-arrivals.ts';

/** Undefined for a steady population. @throws BenchError USAGE */
export function readArrivals(
  flags: RunFlags,
  scenario: FlagTaker,
  workload: Workload,
): Arriving | undefined {
  const { arrivals: value } = flags;
  const isArriving = workload.arrivals !== undefined || workload.lengths !== undefined;
  if (isArriving) refuseElsewhere(scenario, workload);
  const asked = value === undefined ? usualOf(workload) : parseArrivals(value);
  if (asked.kind === 'steady') {
    if (workload.lengths !== undefined)
      throw usageError(
        '--arrivals',
        'steady',
        `a workload whose streams are equally long, and those of "${workload.name}" are not; ${exampleFor(workload)}`,
      );
    return undefined;
  }
  refuseBeside(flags, asked, workload);
  return asked;
}

function usualOf({ arrivals }: Workload): AskedArrivals {
  return arrivals === undefined ? { kind: 'steady' } : { kind: 'workload', speed: 1 };
}

function exampleFor({ arrivals }: Workload): string {
  return arrivals === undefined
    ? 'poisson:20 begins 20 streams per second'
    : `poisson begins as many per second, ${meanRate(arrivals).toPrecision(3)}`;
}

function refuseElsewhere(scenario: FlagTaker, { name }: Workload): void {
  if (whyRefused('arrivals', scenario) === undefined) return;
  throw new BenchError(
    'USAGE',
    `--workload ${name}: its streams arrive by themselves and differ in length, and scenario ${scenario.name} has a number of equal ones`,
    { hint: takersHint('arrivals') },
  );
}

function refuseBeside(flags: RunFlags, asked: AskedArrivals, { name, lengths }: Workload): void {
  const { loads, carries, connections, tokens } = flags;
  const given = Object.entries({ loads, carries }).find(([, value]) => value !== undefined);
  if (given !== undefined)
    throw usageError(
      `--${given[0]}`,
      String(given[1]),
      'a steady population: with --arrivals, how many streams are open follows from when they begin',
    );
  if (connections?.includes(',') === true)
    throw usageError(
      '--connections',
      connections,
      'one number with --arrivals: the most open at once',
    );
  const owner = asked.kind === 'trace' ? asked.file : lengths && `workload ${name}`;
  if (tokens !== undefined && owner !== undefined)
    throw usageError('--tokens', tokens, `nothing: the lengths are those of ${owner}`);
}
