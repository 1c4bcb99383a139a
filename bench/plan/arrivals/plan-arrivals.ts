// Plans arrivals: reads the trace or the model, and finds out how many streams are open at once.
// Nothing is left out: what does not fit is refused, with what would.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { isBrowser } from '../../contract/arms/stacks.ts';
import { hasten, isPoisson, meanRate, poissonArrivals } from '../../contract/arrival-model.ts';
import { planArrivals, type ArrivalsPlan } from '../../contract/arrivals.ts';
import { BenchError } from '../../contract/errors.ts';
import type { LoadPoint, Plan } from '../../contract/run-file.ts';
import { tailOf } from '../../contract/tail.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import type { Workload } from '../../contract/workload.ts';
import type { RunFlags } from '../../flags/run-flags.ts';
import { parseCount, usageError } from '../quantities.ts';
import { workloadSeedOf } from '../trials.ts';
import { ARRIVAL_FORMS, writeArrivals, type AskedArrivals } from './parse-arrivals.ts';
import { readTrace, type Trace } from './read-trace.ts';

type Arriving = Exclude<AskedArrivals, { kind: 'steady' }>;

export interface ArrivalsPlace extends Pick<Plan, 'arms' | 'warmupNs' | 'windowNs' | 'seed'> {
  readonly workload: Workload;
  /** Burn-in included. */
  readonly blocks: number;
  readonly flags: Pick<RunFlags, 'arrivals' | 'connections'>;
}

export interface PlannedArrivals {
  readonly arrivals: ArrivalsPlan;
  readonly loadPoint: LoadPoint;
}

/** A plan and each of its processes keep all starts. */
const MOST_STREAMS = 100_000;
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

type Found =
  | Omit<Extract<ArrivalsPlan, { kind: 'trace' }>, 'given' | 'most'>
  | Omit<Extract<ArrivalsPlan, { kind: 'drawn' }>, 'given' | 'most'>;

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

async function planTrace(
  { file, speed }: Extract<Arriving, { kind: 'trace' }>,
  { workload, warmupNs, windowNs }: ArrivalsPlace,
): Promise<Found> {
  const untilNs = warmupNs + windowNs;
  const trace = await readFlagged(file, {
    untilNs: (untilNs + tailOf(workload)) * speed,
    mostRowsKept: MOST_STREAMS,
  });
  const { format, sha256, rows, spanNs, sameTimeRows, inputTokens } = trace;
  const startNs = trace.startNs.map((ns) => Math.round(ns / speed));
  if (spanNs / speed < untilNs)
    throw new BenchError(
      'LIMIT',
      `--arrivals ${file}: its ${rows} rows last ${seconds(spanNs / speed)} s${atSpeed(speed)}, and a trial ${seconds(untilNs)} s`,
      {
        hint: `lower --duration or --warmup, or give a longer trace${speed > 1 ? `, or at most x${Math.floor((100 * spanNs) / untilNs) / 100}` : ''}`,
      },
    );
  if (!startNs.some((ns) => ns >= warmupNs && ns < untilNs))
    throw new BenchError(
      'LIMIT',
      `--arrivals ${file}: no stream begins in the window, from ${seconds(warmupNs)} s to ${seconds(untilNs)} s${atSpeed(speed)}`,
      { hint: 'raise --duration, or the speed after the colon' },
    );
  const inOrder = inputTokens.toSorted((one, other) => one - other);
  return {
    kind: 'trace',
    speed,
    file: basename(file),
    sha256,
    format,
    rows,
    spanNs,
    sameTimeRows,
    inputTokens: {
      median: inOrder[Math.floor((inOrder.length - 1) / 2)] as number,
      most: inOrder.at(-1) as number,
    },
    startNs,
    tokens: [...trace.outputTokens],
  };
}

/** Names the flag, too, so that an error about a configuration file has its place. */
async function readFlagged(...[file, options]: Parameters<typeof readTrace>): Promise<Trace> {
  if (!existsSync(file))
    throw new BenchError('UNKNOWN_NAME', `--arrivals ${file}: there is no file of that name`, {
      hint: ARRIVAL_FORMS,
    });
  try {
    return await readTrace(file, options);
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new BenchError(error.code, `--arrivals ${error.message}`, { cause: error, ...hint });
  }
}

function planModel(
  asked: Exclude<Arriving, { kind: 'trace' }>,
  { workload, warmupNs, windowNs, flags }: ArrivalsPlace,
): Found {
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

function atSpeed(speed: number): string {
  return speed === 1 ? '' : ` at ×${speed}`;
}

function seconds(ns: number): string {
  return String(Math.round(ns / (10 * NS_PER_MS)) / 100);
}
