// `streamduel serve`: runs the twins and the page that shows them, for people. Ends on Ctrl-C, or
// when one of its processes ends.

import { parseCount, usageError } from '../plan/quantities.ts';
import { locateTokens, resolveWorkload, workloadNames } from '../plan/workloads.ts';
import type { Workload } from '../contract/workload.ts';
import { listenForInterrupts } from './measure-run.ts';
import { openPage } from './open-page.ts';
import type { CommandOutput } from './command-output.ts';
import { pageAddress, renderAddresses } from './serve-addresses.ts';
import { TwinProcesses, type Listening } from './serve-twins.ts';

export interface ServeFlags {
  readonly port?: string;
  readonly wsPort?: string;
  readonly host?: string;
  readonly open?: boolean;
}

const DEFAULT_PORTS = { sse: 4000, ws: 4001 } as const;
const DEFAULT_HOST = '127.0.0.1';
const MAX_PORT = 65_535;

/**
 * Returns the exit code after Ctrl-C or SIGTERM. @throws BenchError PORT when one is taken,
 * CHILD_DIED when a twin has ended.
 */
export async function serveCommand(
  flags: ServeFlags,
  { stdout, stderr }: CommandOutput,
): Promise<number> {
  const wanted = readFlags(flags);
  using interruption = listenForInterrupts();
  await using twins = new TwinProcesses();
  try {
    const ports = await twins.listen(
      { ...wanted, workloads: await servedWorkloads() },
      interruption.signal,
    );
    stdout.write(renderAddresses(wanted.host, ports));
    if (flags.open === true)
      openPage(pageAddress(wanted.host, ports), {
        platform: process.platform,
        environment: process.env,
        stderr,
      });
    await twins.ended(interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
  }
  return 0;
}

/** @throws BenchError USAGE */
export function readFlags({
  port,
  wsPort,
  host = DEFAULT_HOST,
}: ServeFlags): Omit<Listening, 'workloads'> {
  const sse = port === undefined ? DEFAULT_PORTS.sse : parseCount('--port', port, 0, MAX_PORT);
  const ws = wsPort === undefined ? DEFAULT_PORTS.ws : parseCount('--ws-port', wsPort, 0, MAX_PORT);
  if (sse === ws && sse !== 0)
    throw usageError('--ws-port', String(ws), 'another port than that of --port');
  if (host.trim() === '')
    throw usageError('--host', host, 'an address to listen on, such as 127.0.0.1 or 0.0.0.0');
  return { host, ports: { sse, ws } };
}

/** All named workloads, with the texts that come with streamduel. */
async function servedWorkloads(): Promise<Workload[]> {
  return await Promise.all(workloadNames.map(servedWorkload));
}

async function servedWorkload(name: string): Promise<Workload> {
  const { workload } = await resolveWorkload(name);
  return { ...workload, tokenFile: locateTokens(workload, '.') };
}
