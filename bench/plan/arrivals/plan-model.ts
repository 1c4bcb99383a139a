// Plans arrivals that are drawn: a Poisson process, or the model of a workload.

import { hasten, meanRate, poissonArrivals } from '../../contract/arrival-model.ts';
import { BenchError } from '../../contract/errors.ts';
import { tailOf } from '../../contract/tail.ts';
import { NS_PER_S } from '../../contract/units.ts';
import { usageError } from '../quantities.ts';
import {
  MOST_STREAMS,
  type Arriving,
  type ArrivalsPlace,
  type FoundArrivals,
} from './arrivals-place.ts';

/** @throws BenchError LIMIT or USAGE */
export function planModel(
  asked: Exclude<Arriving, { kind: 'trace' }>,
  { workload, warmupNs, windowNs, flags }: ArrivalsPlace,
): FoundArrivals {
  const given = flags.arrivals ?? 'workload';
  const own = workload.arrivals;
  const speed = asked.kind === 'workload' ? asked.speed : 1;
  const startsPerSecond =
    asked.kind === 'poisson' ? (asked.startsPerSecond ?? (own && meanRate(own))) : undefined;
  const model =
    asked.kind === 'poisson' ? startsPerSecond && poissonArrivals(startsPerSecond) : own;
  if (model === undefined || model === 0)
    throw usageError(
      '--arrivals',
      given,
      asked.kind === 'poisson'
        ? `streams begun per second, such as poisson:20: workload "${workload.name}" has no arrivals of its own`
        : `a workload with arrivals of its own, and "${workload.name}" has none; poisson:20 begins 20 streams per second`,
    );
  const streams = (meanRate(model) * speed * (warmupNs + windowNs + tailOf(workload))) / NS_PER_S;
  if (streams > MOST_STREAMS)
    throw new BenchError(
      'LIMIT',
      `--arrivals ${given}: ${Math.round(streams)} streams would begin within one trial, at most ${MOST_STREAMS} can`,
      { hint: 'lower --duration, or the rate or the speed after the colon' },
    );
  return { kind: 'drawn', speed, model: hasten(model, speed) };
}
