// Takes the readings of a trial of single streams over a path: what the client saw of each, when the
// server saw clients gone, and how long no server listened. Knows no statistics.

import assert from 'node:assert/strict';
import {
  watchedToNs,
  type GoneClient,
  type ProxyCellsRecord,
  type ProxyCellsTally,
  type TakenStream,
} from '../../../contract/proxy-cells.ts';
import { watchHost } from '../../../trial/host-watch.ts';
import { onlyOne } from '../../../trial/merge-tallies.ts';
import type { Measured, Readings } from '../../../trial/procedure.ts';
import type { RunningTrial } from '../../../trial/running-trial.ts';
import { START_TIMEOUT_MS } from '../../../trial/trial-processes.ts';

export type MeasuredCells = Measured & CellReadings;

export interface CellReadings extends Readings {
  readonly tally: ProxyCellsTally;
  readonly gone: readonly GoneClient[];
  readonly taken: readonly TakenStream[];
  readonly earlyTokens: number;
  readonly restart: ProxyCellsRecord['restart'];
}

type Trial = RunningTrial<'proxy-cells-tally'>;

export async function measureCells(trial: Trial): Promise<CellReadings> {
  const { path, servers, clients: loads, standby } = trial;
  const own = [...path.pids, ...servers.pids, ...loads.pids, ...(standby ? [standby.pid] : [])];
  const { done: first, host } = await watchHost(async () => {
    const replaced = await trial.orFailure(replaceServer(trial));
    await trial.drained;
    return replaced;
  }, own);
  const { clients, server } = await trial.finish();
  return {
    tally: onlyOne(clients),
    gone: first.gone,
    taken: first.taken,
    earlyTokens: first.earlyTokens + server.earlyTokens,
    restart: {
      ...first.restart,
      untilNs: trial.specification.warmupNs + trial.specification.windowNs,
    },
    host,
  };
}

/** Stops the server in good order when all watched streams are over; another follows on its port. */
async function replaceServer(
  trial: Trial,
): Promise<Pick<CellReadings, 'gone' | 'taken' | 'earlyTokens' | 'restart'>> {
  const { specification, servers, standby, ports, epochNs, signal } = trial;
  const { proxyCells: plan } = specification;
  assert(standby !== undefined && plan !== undefined, 'a server that ends has one that follows');
  await trial.until(watchedToNs({ ...specification, plan }));
  const fromNs = trial.now();
  servers.send({ kind: 'stop' });
  standby.send({ kind: 'start', epochNs: String(epochNs) });
  const { tally } = onlyOne(await servers.expect('tally', START_TIMEOUT_MS, signal));
  await trial.until(fromNs + plan.restart.outageNs);
  standby.send({ kind: 'listen', port: onlyOne(ports) });
  await standby.expect('listening', START_TIMEOUT_MS, signal);
  return {
    gone: tally.gone ?? [],
    taken: tally.taken ?? [],
    earlyTokens: tally.earlyTokens,
    restart: { fromNs, toNs: trial.now() },
  };
}
