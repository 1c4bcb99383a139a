// Plans arrivals: reads the trace or the model, and finds out how many streams are open at once.
// Nothing is left out: what does not fit is refused, with what would.

import { isBrowser } from '../../contract/arms/stacks.ts';
import { isPoisson, meanRate } from '../../contract/arrival-model.ts';
import { planArrivals, type ArrivalsPlan } from '../../contract/arrivals.ts';
import { BenchError } from '../../contract/errors.ts';
import type { LoadPoint } from '../../contract/run-file.ts';
import { tailOf } from '../../contract/tail.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import type { Workload } from '../../contract/workload.ts';
import { parseCount, usageError } from '../quantities.ts';
import { workloadSeedOf } from '../trials.ts';
import { seconds, type Arriving, type ArrivalsPlace } from './arrivals-place.ts';
import { writeArrivals } from './parse-arrivals.ts';
import { planModel } from './plan-model.ts';
import { planTrace } from './plan-trace.ts';

export interface PlannedArrivals {
  readonly arrivals: ArrivalsPlan;
  readonly loadPoint: LoadPoint;
}

const MOST_CONNECTIONS = 1_000_000;
/** Blocks are planned until this many tokens have been: some seconds. */
const MOST_TOKENS_LOOKED_AT = 20_000_000;

/** @throws BenchError UNKNOWN_NAME, LIMIT or USAGE */
export async function planTrialArrivals(
  asked: Arriving,
  place: ArrivalsPlace,
): Promise<PlannedArrivals> {
  refusePages(place);
  refuseLateTokens(place);
  const found = asked.kind === 'trace' ? await planTrace(asked, place) : planModel(asked, place);
  const most = findMost({ ...found, most: { streams: 0, tokens: 0, connections: 0 } }, place);
  const arrivals: ArrivalsPlan = {
    ...found,
    ...(place.flags.arrivals !== undefined && { given: writeArrivals(asked) }),
    most,
  };
  checkMost(arrivals, place);
  return {
    arrivals,
    loadPoint: { connections: most.connections, arrivals: arrivalsTitle(arrivals, place.workload) },
  };
}

/** A page begins a stream between two frames, up to 17 ms after it was told to. */
function refusePages({ arms, flags: { arrivals = 'workload' } }: ArrivalsPlace): void {
  if (arms.some(({ client }) => isBrowser(client)))
    throw usageError(
      '--arrivals',
      arrivals,
      'an arm that begins streams to the millisecond, which a page does not: --client probe or library',
    );
}

/** A trial in which no token is due measures nothing and finds no error. */
function refuseLateTokens({ workload, warmupNs, windowNs }: ArrivalsPlace): void {
  const firstNs = workload.firstTokenMedianMs * NS_PER_MS;
  if (firstNs < warmupNs + windowNs) return;
  throw new BenchError(
    'USAGE',
    `--duration: no stream of workload "${workload.name}" can take part in a trial of ${seconds(warmupNs + windowNs)} s: its first token comes after a median of ${seconds(firstNs)} s`,
    { hint: `measure for longer, as with --duration ${Math.ceil((2 * firstNs) / NS_PER_S)}s` },
  );
}

/** The most of any block. With very many tokens, of the first blocks only. */
function findMost(
  arrivals: ArrivalsPlan,
  { workload, warmupNs, windowNs, seed, blocks }: ArrivalsPlace,
): ArrivalsPlan['most'] {
  const most = { streams: 0, tokens: 0, connections: 0 };
  let lookedAt = 0;
  for (let block = 0; block < blocks && lookedAt < MOST_TOKENS_LOOKED_AT; block++) {
    const streams = planArrivals(arrivals, {
      workload,
      seed: workloadSeedOf({ seed }, block, { connections: 1, arrivals: '' }),
      horizonNs: warmupNs + windowNs + tailOf(workload),
    });
    const tokens = streams.reduce((sum, stream) => sum + stream.tokens, 0);
    lookedAt += tokens;
    most.streams = Math.max(most.streams, streams.length);
    most.tokens = Math.max(most.tokens, tokens);
    for (const { slot } of streams) most.connections = Math.max(most.connections, slot + 1);
  }
  return most;
}

function checkMost(
  { most, given }: ArrivalsPlan,
  { flags: { connections }, workload, warmupNs, windowNs }: ArrivalsPlace,
): void {
  if (most.streams === 0)
    throw new BenchError(
      'LIMIT',
      `--arrivals ${given ?? 'workload'}: no stream begins within the ${seconds(warmupNs + windowNs)} s of a trial`,
      { hint: 'raise --duration, or the rate or the speed after the colon' },
    );
  if (connections === undefined) return;
  const allowed = parseCount('--connections', connections, 1, MOST_CONNECTIONS);
  if (most.connections <= allowed) return;
  throw new BenchError(
    'LIMIT',
    `--connections ${allowed} are too few for these arrivals: up to ${most.connections} streams are open at once, and none is left out`,
    {
      hint: `allow --connections ${most.connections}, lower the rate or the speed in --arrivals, or make streams shorter with a --rate above ${workload.tokensPerSecond}`,
    },
  );
}

/** Part of the title of the load point. */
function arrivalsTitle(arrivals: ArrivalsPlan, workload: Workload): string {
  const speed = arrivals.speed === 1 ? '' : ` ×${arrivals.speed}`;
  if (arrivals.kind === 'trace') return `arrivals of ${arrivals.file}${speed}`;
  return isPoisson(arrivals.model)
    ? `Poisson arrivals of ${Number(meanRate(arrivals.model).toPrecision(3))} streams/s`
    : `arrivals of workload ${workload.name}${speed}`;
}
