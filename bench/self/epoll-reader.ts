// Measures the floor under the probe: a reader in C (epoll-reader.c) replaces the load process,
// with the same server, the same streams at the same moments, and the same window.

import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transports, type TransportId } from '../contract/arms/transports.ts';
import { WEBSOCKET_PROTOCOL } from '../contract/arms/websocket.ts';
import type { TrialSpecification } from '../contract/messages.ts';
import { populationOf } from '../contract/population.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { LOOPBACK } from '../path/direct-path.ts';
import { RAMP_SHARE, specifyTrial } from '../trial/specification.ts';
import { makeWorkingDirectory, START_TIMEOUT_MS, startServer } from '../trial/trial-processes.ts';
import { quietly, type SelfPlan } from './self-trial.ts';

const source = fileURLToPath(new URL('epoll-reader.c', import.meta.url));
/** Time for both processes to receive the start time, and for the reader to read its requests. */
const LEAD_NS = 300 * NS_PER_MS;

const headOf = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${LOOPBACK}\r\n`;

/** Any 16 bytes will do, since the reader does not check the answer. */
const KEY = Buffer.alloc(16).toString('base64');

/** The request for a path, by transport; others are not compared with this reader. */
const requestOf: { readonly [Transport in TransportId]?: (path: string) => string } = {
  sse: (path) => `${headOf(path)}Accept: text/event-stream\r\n\r\n`,
  ws: (path) =>
    `${headOf(path)}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Protocol: ${WEBSOCKET_PROTOCOL}\r\n\r\n`,
  tcp: (path) => `${path}\n`,
};

export const readTransports = Object.keys(requestOf) as TransportId[];

/**
 * Compiles the reader into a folder and returns its path; undefined when there is no C compiler.
 */
export function compileEpollReader(folder: string): string | undefined {
  if (spawnSync('cc', ['--version']).error !== undefined) return undefined;
  const program = join(folder, 'epoll-reader');
  execFileSync('cc', ['-O2', '-o', program, source]);
  return program;
}

export interface FloorReading {
  readonly cpuPerTokenNs: number;
  readonly tokensPerRead: number;
  /** Share of the bytes written in the server's window that were read in the reader's window. */
  readonly readShare: number;
}

/** Measures one trial with the reader as its load generator. */
export async function measureFloor(
  reader: string,
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
  writeFileSync(requests, renderRequests(specification));
  await using server = startServer(planned, { ...quietly, workingDirectory: place.path });
  server.send({ kind: 'serve', specification, stampsFile: join(place.path, 'server.stamps') });
  const { port } = await server.expect('listening', START_TIMEOUT_MS, quietly.signal);
  const epochNs = process.hrtime.bigint() + BigInt(LEAD_NS);
  server.send({ kind: 'start', epochNs: String(epochNs) });
  const { warmupNs, windowNs } = specification;
  const { clientCpu } = planned.setup;
  const words = [...[port, epochNs, warmupNs, warmupNs + windowNs].map(String), requests];
  const [command, ...all] =
    clientCpu === undefined
      ? [reader, ...words]
      : ['taskset', '-c', String(clientCpu), reader, ...words];
  const timeout = (LEAD_NS + warmupNs + windowNs) / NS_PER_MS + START_TIMEOUT_MS;
  const { stdout } = await promisify(execFile)(command, all, { timeout });
  const counted = JSON.parse(stdout) as { cpuNs: number; reads: number; bytes: number };
  server.send({ kind: 'stop' });
  const { tally } = await server.expect('tally', START_TIMEOUT_MS, quietly.signal);
  // The reader counts bytes and not tokens; the server says how many bytes a token had.
  const readShare = counted.bytes / tally.windowBytes;
  const tokens = readShare * tally.windowTokens;
  return {
    cpuPerTokenNs: counted.cpuNs / tokens,
    tokensPerRead: tokens / counted.reads,
    readShare,
  };
}

/** Renders the requests in the format that epoll-reader.c reads. */
function renderRequests(specification: TrialSpecification): string {
  const { transport } = specification;
  const render = requestOf[transport];
  assert(render !== undefined, `the reader in C has no request for ${transport}`);
  const { startNs } = populationOf(specification);
  return Array.from(startNs, (start, stream) => {
    const request = render(transports[transport].route(String(stream)));
    return `${start} ${request.length}\n${request}`;
  }).join('');
}
