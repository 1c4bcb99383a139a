// Measures whole streams in a closed loop: the same processes as any trial, but nothing is planned ahead, and a client requests
// the next stream as soon as the last is complete. Knows no statistics.

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import type { ClockBound } from '../../../contract/clock-proof.ts';
import type { CompletionsPlan, CompletionsTally } from '../../../contract/completions.ts';
import type { TrialSpecification } from '../../../contract/messages.ts';
import { readStamps, type StampColumns } from '../../../contract/stamps.ts';
import type { ServerTally } from '../../../contract/tally.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import { LOOPBACK } from '../../../path/direct-path.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { HostWatch, runningTracers, settleConnections, type HostReadings } from '../../../trial/host-watch.ts';
import type { MeasureOptions } from '../../../trial/procedure.ts';
import type { ProcessGroup } from '../../../trial/process-group.ts';
import { RAMP_SHARE, specifyTrial } from '../../../trial/specification.ts';
import { stampFiles } from '../../../trial/stamp-files.ts';
import { checkClock, sleepUntil, START_LEAD_NS } from '../../../trial/trial-moments.ts';
import { makeWorkingDirectory, START_TIMEOUT_MS, startChildren } from '../../../trial/trial-processes.ts';
import type { Worker } from '../../../trial/worker.ts';

/** Warm-up as in any trial: both sides run compiled code before the window begins. */
const REHEARSAL_TOKENS = 20_000;

export interface MeasuredCompletions {
  readonly specification: TrialSpecification;
  readonly server: ServerTally;
  readonly client: CompletionsTally;
  /** See `completionColumns`. */
  readonly clientStamps: StampColumns;
  readonly clock: { readonly before: ClockBound; readonly after: ClockBound; readonly sameTimeNamespace: boolean };
  readonly host: HostReadings;
  readonly tracers: readonly string[];
  readonly serverPort: number;
  readonly wallNs: number;
  readonly overheadNs: number;
  readonly startedAt: string;
}

/** @throws BenchError for anything that makes the trial a failed one, INTERRUPTED when the signal was raised. */
export async function measureCompletions(planned: PlannedTrial, options: MeasureOptions): Promise<MeasuredCompletions> {
  const { signal, plan } = options;
  if (plan.completions === undefined) throw new TypeError('a closed loop needs to know what to ask for');
  await settleConnections(signal);
  signal.throwIfAborted();
  const startedNs = process.hrtime.bigint();
  const startedAt = new Date().toISOString();
  const specification = specify(planned, plan.completions, options);
  using stamps = stampFiles(options.keepStampsIn, planned.trial);
  using place = makeWorkingDirectory(planned);
  const setUp = { ...options, workingDirectory: place.path, path: { withinServer: [], withinClient: [] }, stampsFileOf: stamps.of };
  const children = startChildren(planned, setUp, { servers: 1, clients: 1 });
  await using server = onlyOne(children.servers);
  await using client = onlyOne(children.clients);

  server.send({ kind: 'serve', specification, stampsFile: stamps.server });
  const { port, clockPort, timeNamespace } = await server.expect('listening', START_TIMEOUT_MS, signal);
  client.send({ kind: 'load', specification, stampsFile: stamps.client, host: LOOPBACK, port, clockPort });
  client.onMessage = (message) => {
    if (message.kind === 'progress') options.onProgress(message);
  };
  const ready = await client.expect('ready', START_TIMEOUT_MS, signal);
  checkClock(ready.clock);

  const epochNs = process.hrtime.bigint() + BigInt(START_LEAD_NS);
  for (const child of [server, client]) child.send({ kind: 'start', epochNs: String(epochNs) });
  const { warmupNs, windowNs, tailNs, drainNs } = specification;
  const tallied = client.expect('completions-tally', (warmupNs + windowNs + tailNs + drainNs) / NS_PER_MS + START_TIMEOUT_MS, signal);
  const [host, done] = await Promise.all([watchHost(epochNs, specification, signal), tallied]);
  const drainedNs = Number(process.hrtime.bigint() - epochNs);
  server.send({ kind: 'stop' });
  const stopped = await server.expect('tally', START_TIMEOUT_MS, signal);
  const wallNs = Number(process.hrtime.bigint() - startedNs);
  return {
    specification,
    server: stopped.tally,
    client: done.tally,
    clientStamps: readStamps(stamps.client),
    clock: { before: ready.clock, after: done.clock, sameTimeNamespace: ready.timeNamespace === timeNamespace },
    host,
    tracers: runningTracers(),
    serverPort: port,
    wallNs,
    overheadNs: wallNs - drainedNs - ready.rehearsalNs,
    startedAt,
  };
}

function onlyOne<In extends { kind: string }>({ workers }: ProcessGroup<In>): Worker<In> {
  const [worker, ...others] = workers;
  assert(worker !== undefined && others.length === 0, 'a closed loop has one process of each kind');
  return worker;
}

function specify(planned: PlannedTrial, completions: CompletionsPlan, options: MeasureOptions): TrialSpecification {
  const { plan } = options;
  return {
    ...specifyTrial(planned, { ...options, host: LOOPBACK }),
    rehearsalTokens: REHEARSAL_TOKENS,
    rampNs: plan.warmupNs * RAMP_SHARE,
    windowNs: plan.windowNs,
    completions,
  };
}

async function watchHost(epochNs: bigint, { warmupNs, windowNs }: TrialSpecification, signal: AbortSignal): Promise<HostReadings> {
  await sleepUntil(epochNs, warmupNs, signal);
  const watch = new HostWatch(availableParallelism());
  try {
    await sleepUntil(epochNs, warmupNs + windowNs, signal);
    return watch.stop();
  } finally {
    // Stops the timer even if the trial was aborted meanwhile.
    watch.pause();
  }
}
