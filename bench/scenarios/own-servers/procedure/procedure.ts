// Procedure `target`: one load process asks one target for streams; where the target file says how,
// a fresh server is started first. No twin takes part, so that nothing is known beforehand of what
// will be sent, or when.

import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { recordPath } from '../../../contract/recording/append-records.ts';
import {
  fromTargetLoadSchema,
  type FromTargetLoad,
  type ToTargetLoad,
} from '../../../contract/target.ts';
import { programPath } from '../../../contract/program.ts';
import type { TargetTrial } from '../../../contract/run-file.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import { openPath } from '../../../path/open-path.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { Child } from '../../../trial/child-process.ts';
import { runningTracers, settleConnections, watchHost } from '../../../trial/host-watch.ts';
import type { MeasureOptions, TrialRunner } from '../../../trial/procedure.ts';
import { sleepUntil, START_LEAD_NS } from '../../../trial/trial-moments.ts';
import { START_TIMEOUT_MS, startBetween } from '../../../trial/trial-processes.ts';
import type { MeasuredTarget } from './measured-target.ts';
import { recordTarget } from './record.ts';
import { startTargetServer } from './target-server.ts';

const loadProgram = programPath(import.meta.url, '../../../../clients/endpoint/target-main');

/** @throws BenchError for anything that makes the trial a failed one. */
async function measureTarget(
  planned: PlannedTrial,
  { plan, signal, verbose, onProgress }: MeasureOptions,
): Promise<MeasuredTarget> {
  const { targets } = plan;
  assert(targets !== undefined, 'a plan of this procedure has targets');
  const target = targets.targets.find(({ name }) => name === planned.arm.target);
  assert(target !== undefined, 'the arm of a trial is a target of its plan');
  await settleConnections(signal);
  const startedNs = process.hrtime.bigint();
  const startedAt = new Date().toISOString();
  await using owned = new AsyncDisposableStack();
  const server =
    target.start === undefined
      ? undefined
      : owned.use(
          await startTargetServer(
            { name: target.name, start: target.start },
            { cpu: planned.setup.serverCpu, verbose, signal },
          ),
        );
  const path = owned.use(
    await openPath(planned.arm.path, {
      startWorker: (program) => startBetween(planned, program, { verbose }),
      delayNs: 0,
    }),
  );
  const load = owned.use(startLoad(planned, verbose));
  load.onMessage = (message) => {
    if (message.kind === 'progress') onProgress(message);
  };
  const { warmupNs, windowNs } = plan;
  const order: ToTargetLoad = {
    kind: 'target-load',
    target,
    plan: {
      startsPerSecond: targets.startsPerSecond,
      prompts: targets.prompts,
      silenceNs: targets.silenceNs,
      totalNs: targets.totalNs,
    },
    seed: planned.workloadSeed,
    mostOpen: planned.loadPoint.connections,
    warmupNs,
    windowNs,
    ...(server !== undefined && { port: await path.connect(server.port, signal) }),
    ...(targets.recordTo !== undefined && {
      record: {
        // Load processes have a working directory of their own.
        path: resolve(recordPath(targets.recordTo, target.name)),
        trial: planned.trial,
      },
    }),
  };
  load.send(order);
  await load.expect('ready', START_TIMEOUT_MS, signal);
  const epochNs = process.hrtime.bigint() + BigInt(START_LEAD_NS);
  path.start(epochNs);
  load.send({ kind: 'start', epochNs: String(epochNs) });
  // Expected from the beginning: where all streams end at once, it comes while the host is still read.
  const longestMs = (targets.totalNs + warmupNs + windowNs) / NS_PER_MS + START_TIMEOUT_MS;
  const told = load.expect('target-tally', longestMs, signal);
  // Awaited later; an early failure must not be an unhandled rejection until then.
  told.catch(() => undefined);
  await sleepUntil(epochNs, warmupNs, signal);
  const { done, host } = await watchHost(async () => {
    const stop = server?.meter();
    await sleepUntil(epochNs, warmupNs + windowNs, signal);
    return stop?.();
  }, [...(server?.pids() ?? []), ...path.pids]);
  const { tally } = await told;
  const endedNs = process.hrtime.bigint();
  const wallNs = Number(endedNs - startedNs);
  return {
    startedAt,
    target,
    tally,
    host,
    tracers: runningTracers(),
    server: done,
    port: server?.port,
    wallNs,
    overheadNs: wallNs - Number(endedNs - epochNs),
  };
}

function startLoad({ setup }: PlannedTrial, verbose: boolean): Child<FromTargetLoad> {
  return new Child<FromTargetLoad>({
    name: 'load',
    program: loadProgram,
    schema: fromTargetLoadSchema,
    environment: { STREAMDUEL_PADDING: 'x'.repeat(setup.environmentPaddingBytes) },
    nodeArguments: [
      '--max-semi-space-size=16',
      '--max-old-space-size=4096',
      `--hash-seed=${setup.hashSeed}`,
      `--random-seed=${setup.randomSeed}`,
    ],
    cpu: setup.clientCpu,
    verbose,
  });
}

export const runner: TrialRunner = {
  id: 'target',
  run: async (planned, options): Promise<TargetTrial> =>
    recordTarget(planned, await measureTarget(planned, options), options.plan),
};
