// The processes of one trial: which program each runs, with what heap, seeds, working directory and CPU.

import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  fromClientSchema,
  fromRelaySchema,
  fromServerSchema,
  type FromClient,
  type FromRelay,
  type FromServer,
} from '../contract/messages.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { Child } from './child-process.ts';
import { ProcessGroup } from './process-group.ts';

const twinProgram = fileURLToPath(new URL('../../servers/main.ts', import.meta.url));
const clientProgram = fileURLToPath(new URL('../../clients/main.ts', import.meta.url));
const relayProgram = fileURLToPath(new URL('../path/relay-main.ts', import.meta.url));

export const HOST = '127.0.0.1';
export const START_TIMEOUT_MS = 30_000;
/** The same for every process of every arm; the heap's sizes must not depend on the machine's memory. */
const heapArguments = ['--max-semi-space-size=16', '--max-old-space-size=4096'];

export interface ProcessOptions {
  /** Another program in the server's place, for the benchmark of ourselves. */
  readonly serverProgram?: string;
  readonly verbose: boolean;
}

/** Its length shifts what lies behind it in a process's memory, which can change speed (Mytkowicz et al. 2009). */
export function makeWorkingDirectory({ setup, trial }: PlannedTrial): { path: string } & Disposable {
  const path = join(tmpdir(), `streamduel-${process.pid}-${trial}-`.padEnd(setup.workingDirectoryBytes, 'd'));
  mkdirSync(path, { recursive: true });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

interface ChildSetUp extends ProcessOptions {
  readonly workingDirectory: string;
  /** A command that the process must run within. */
  readonly within?: readonly string[];
  /** Told apart from another of its kind. */
  readonly name?: string;
}

export function startServer(planned: PlannedTrial, options: ChildSetUp): Child<FromServer> {
  return new Child({
    ...childOptions(planned, options),
    name: `${planned.arm.transport} ${options.name ?? 'server'}`,
    program: options.serverProgram ?? twinProgram,
    schema: fromServerSchema,
    cpu: planned.setup.serverCpu,
  });
}

export function startClient(planned: PlannedTrial, options: ChildSetUp): Child<FromClient> {
  return new Child({
    ...childOptions(planned, options),
    name: `${planned.arm.transport} ${options.name ?? 'client'}`,
    program: clientProgram,
    schema: fromClientSchema,
    cpu: planned.setup.clientCpu,
  });
}

function childOptions({ setup }: PlannedTrial, { workingDirectory, verbose, within = [] }: ChildSetUp) {
  return {
    environment: { STREAMDUEL_PADDING: 'x'.repeat(setup.environmentPaddingBytes) },
    nodeArguments: [...heapArguments, `--hash-seed=${setup.hashSeed}`, `--random-seed=${setup.randomSeed}`],
    workingDirectory,
    within,
    verbose,
  };
}

interface ChildCounts {
  readonly servers: number;
  readonly clients: number;
}

/** In the order that was drawn for this trial. */
export function startChildren(
  planned: PlannedTrial,
  setUp: ChildSetUp,
  counts: ChildCounts,
): { servers: ProcessGroup<FromServer>; clients: ProcessGroup<FromClient> } {
  const startServers = (): ProcessGroup<FromServer> =>
    new ProcessGroup(numbered(counts.servers, 'server').map((name) => startServer(planned, { ...setUp, name })));
  const startClients = (): ProcessGroup<FromClient> =>
    new ProcessGroup(numbered(counts.clients, 'client').map((name) => startClient(planned, { ...setUp, name })));
  if (planned.setup.serverFirst) {
    const servers = startServers();
    return { servers, clients: startClients() };
  }
  const clients = startClients();
  return { servers: startServers(), clients };
}

/** `server`, or `server 1`, `server 2` … of several. */
function numbered(count: number, kind: string): string[] {
  return count === 1 ? [kind] : Array.from({ length: count }, (_, index) => `${kind} ${index + 1}`);
}

export function startRelay({ setup }: PlannedTrial, { verbose }: ProcessOptions): Child<FromRelay> {
  return new Child({
    name: 'relay',
    program: relayProgram,
    schema: fromRelaySchema,
    environment: {},
    nodeArguments: heapArguments,
    // With the server: on the client's CPU it would keep the client from waking up while it waits for the end of a delay.
    cpu: setup.serverCpu,
    verbose,
  });
}

export async function openRelay(
  relay: Child<FromRelay>,
  { planned, serverPort, signal }: { planned: PlannedTrial; serverPort: number; signal: AbortSignal },
): Promise<number> {
  const { injection } = planned.arm;
  relay.send({ kind: 'relay', host: HOST, serverPort, delayNs: injection?.kind === 'delay' ? injection.delayNs : 0 });
  return (await relay.expect('relaying', START_TIMEOUT_MS, signal)).port;
}
