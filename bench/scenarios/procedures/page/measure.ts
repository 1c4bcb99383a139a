// Measures how many streams one browser opens: the same processes as any trial, but no window. The load process makes a browser
// request more streams than it opens, and the trial is over when the fate of each is known. Knows no statistics.

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import type { BrowserLimitsPlan, BrowserLimitsTally } from '../../../contract/browser-limits.ts';
import type { ClockBound } from '../../../contract/clock-proof.ts';
import type { TrialSpecification } from '../../../contract/messages.ts';
import { LOOPBACK } from '../../../path/direct-path.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { HostWatch, runningTracers, type HostReadings } from '../../../trial/host-watch.ts';
import type { MeasureOptions } from '../../../trial/procedure.ts';
import type { ProcessGroup } from '../../../trial/process-group.ts';
import { specifyTrial } from '../../../trial/specification.ts';
import { stampFiles } from '../../../trial/stamp-files.ts';
import { checkClock, START_LEAD_NS } from '../../../trial/trial-moments.ts';
import { makeWorkingDirectory, START_TIMEOUT_MS, startChildren } from '../../../trial/trial-processes.ts';
import type { Worker } from '../../../trial/worker.ts';

/** Far above the time that a browser takes, and below the ten minutes that a stream lasts. */
const BROWSER_TIMEOUT_MS = 240_000;

export interface MeasuredBrowserLimits {
  readonly specification: TrialSpecification;
  readonly tally: BrowserLimitsTally;
  readonly clock: { readonly before: ClockBound; readonly after: ClockBound; readonly sameTimeNamespace: boolean };
  /** Readings over the whole trial. */
  readonly host: HostReadings;
  readonly tracers: readonly string[];
  readonly serverPort: number;
  readonly wallNs: number;
  readonly overheadNs: number;
  readonly startedAt: string;
}

/** @throws BenchError for anything that makes the trial a failed one, INTERRUPTED when the signal was raised. */
export async function measureBrowserLimits(planned: PlannedTrial, options: MeasureOptions): Promise<MeasuredBrowserLimits> {
  const { signal, plan } = options;
  if (plan.browserLimits === undefined) throw new TypeError('a browser needs to know what to ask for');
  signal.throwIfAborted();
  const startedNs = process.hrtime.bigint();
  const startedAt = new Date().toISOString();
  const specification = specify(planned, plan.browserLimits, options);
  using stamps = stampFiles(options.keepStampsIn, planned.trial);
  using place = makeWorkingDirectory(planned);
  const setUp = { ...options, workingDirectory: place.path, path: { withinServer: [], withinClient: [] }, stampsFileOf: stamps.of };
  const children = startChildren(planned, setUp, { servers: 1, clients: 1 });
  await using server = onlyOne(children.servers);
  await using client = onlyOne(children.clients);

  server.send({ kind: 'serve', specification, stampsFile: stamps.server });
  const { port, clockPort, timeNamespace } = await server.expect('listening', START_TIMEOUT_MS, signal);
  client.send({ kind: 'load', specification, stampsFile: stamps.client, host: LOOPBACK, port, clockPort });
  const ready = await client.expect('ready', START_TIMEOUT_MS, signal);
  checkClock(ready.clock);

  const epochNs = process.hrtime.bigint() + BigInt(START_LEAD_NS);
  for (const child of [server, client]) child.send({ kind: 'start', epochNs: String(epochNs) });
  const { done, host } = await watched(async () => await client.expect('browser-limits-tally', BROWSER_TIMEOUT_MS, signal));
  const doneNs = Number(process.hrtime.bigint() - epochNs);
  server.send({ kind: 'stop' });
  await server.expect('tally', START_TIMEOUT_MS, signal);
  const wallNs = Number(process.hrtime.bigint() - startedNs);
  return {
    specification,
    tally: done.tally,
    clock: { before: ready.clock, after: done.clock, sameTimeNamespace: ready.timeNamespace === timeNamespace },
    host,
    tracers: runningTracers(),
    serverPort: port,
    wallNs,
    overheadNs: wallNs - doneNs,
    startedAt,
  };
}

function onlyOne<In extends { kind: string }>({ workers }: ProcessGroup<In>): Worker<In> {
  const [worker, ...others] = workers;
  assert(worker !== undefined && others.length === 0, 'one browser asks one server');
  return worker;
}

function specify(planned: PlannedTrial, browserLimits: BrowserLimitsPlan, options: MeasureOptions): TrialSpecification {
  const { plan } = options;
  return {
    ...specifyTrial(planned, { ...options, host: LOOPBACK }),
    rehearsalTokens: 0,
    rampNs: 0,
    windowNs: plan.windowNs,
    browserLimits,
    ...(plan.browser !== undefined && { browser: plan.browser }),
  };
}

async function watched<Done>(act: () => Promise<Done>): Promise<{ readonly done: Done; readonly host: HostReadings }> {
  const watch = new HostWatch(availableParallelism());
  try {
    return { done: await act(), host: watch.stop() };
  } finally {
    // Stops the timer even if the trial failed meanwhile.
    watch.pause();
  }
}
