// Measures a floor under the probe: a reader that does less takes the place of the load process, with
// the same server, the same streams at the same moments, and the same window.

import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transports } from '../contract/arms/transports.ts';
import type { TrialSpecification } from '../contract/messages.ts';
import { populationOf } from '../contract/population.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { LOOPBACK } from '../path/direct-path.ts';
import { RAMP_SHARE, specifyTrial } from '../trial/specification.ts';
import { makeWorkingDirectory, START_TIMEOUT_MS, startServer } from '../trial/trial-processes.ts';
import { quietly, type SelfPlan } from './self-trial.ts';

/**
 * Called with port, start time, begin and end of the window, and a file of requests; prints one line
 * of JSON.
 */
export interface FloorReader {
  readonly command: readonly [program: string, ...words: string[]];
  /** Time until it has started and read its requests. */
  readonly leadNs: number;
  /** The request of a stream, by its path. */
  readonly requestOf: (path: string) => string;
}

export interface FloorReading {
  readonly cpuPerTokenNs: number;
  readonly tokensPerRead: number;
  /** Share of the bytes written in the server's window that were read in the reader's window. */
  readonly readShare: number;
  /** Bytes that those of the window inflated to; undefined for a reader that inflates nothing. */
  readonly inflatedBytes: number | undefined;
  readonly bytes: number;
}

/** Measures one trial with the reader as its load generator. */
export async function measureFloor(
  reader: FloorReader,
  { plan, planned, tokenFile }: SelfPlan,
): Promise<FloorReading> {
  using place = makeWorkingDirectory(planned);
  const specification: TrialSpecification = {
    ...specifyTrial(planned, { plan, tokenFile, host: LOOPBACK, port: 0 }),
    rehearsalTokens: 0,
    rampNs: plan.warmupNs * RAMP_SHARE,
    windowNs: plan.windowNs,
  };
  const requests = join(place.path, 'requests');
  writeFileSync(requests, renderRequests(specification, reader));
  await using server = startServer(planned, { ...quietly, workingDirectory: place.path });
  server.send({ kind: 'serve', specification, stampsFile: join(place.path, 'server.stamps') });
  const { port } = await server.expect('listening', START_TIMEOUT_MS, quietly.signal);
  const epochNs = process.hrtime.bigint() + BigInt(reader.leadNs);
  server.send({ kind: 'start', epochNs: String(epochNs) });
  const { warmupNs, windowNs } = specification;
  const { clientCpu } = planned.setup;
  const words = [...[port, epochNs, warmupNs, warmupNs + windowNs].map(String), requests];
  const [command, ...all] =
    clientCpu === undefined
      ? [...reader.command, ...words]
      : ['taskset', '-c', String(clientCpu), ...reader.command, ...words];
  const timeout = (reader.leadNs + warmupNs + windowNs) / NS_PER_MS + START_TIMEOUT_MS;
  const { stdout } = await promisify(execFile)(command, all, { timeout });
  const counted = JSON.parse(stdout) as {
    cpuNs: number;
    reads: number;
    bytes: number;
    inflatedBytes?: number;
  };
  server.send({ kind: 'stop' });
  const { tally } = await server.expect('tally', START_TIMEOUT_MS, quietly.signal);
  // The reader counts bytes and not tokens; the server says how many bytes a token had.
  const readShare = counted.bytes / tally.windowBytes;
  const tokens = readShare * tally.windowTokens;
  return {
    cpuPerTokenNs: counted.cpuNs / tokens,
    tokensPerRead: tokens / counted.reads,
    readShare,
    inflatedBytes: counted.inflatedBytes,
    bytes: counted.bytes,
  };
}

/** Renders the requests in the format that epoll-reader.c reads. */
function renderRequests(
  specification: TrialSpecification,
  { requestOf }: Pick<FloorReader, 'requestOf'>,
): string {
  const { route } = transports[specification.transport];
  const { startNs } = populationOf(specification);
  return Array.from(startNs, (start, stream) => {
    const request = requestOf(route(String(stream)));
    return `${start} ${request.length}\n${request}`;
  }).join('');
}
