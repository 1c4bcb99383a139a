// Starts the processes of one trial: defines program, heap, seeds, working directory and CPU of
// each.

import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  fromClientSchema,
  fromServerSchema,
  type FromClient,
  type FromServer,
} from '../contract/messages.ts';
import { fromUpstreamSchema, type FromUpstream } from '../contract/upstream.ts';
import { programPath } from '../contract/program.ts';
import type { Path } from '../path/path.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { Child } from './child-process.ts';
import { ProcessGroup } from './process-group.ts';
import type { StampFiles } from './stamp-files.ts';
import { temporaryFolder } from './temporary-folder.ts';
import type { Worker, WorkerProgram } from './worker.ts';

const twinProgram = programPath(import.meta.url, '../../servers/main');
const clientProgram = programPath(import.meta.url, '../../clients/main');
const upstreamProgram = programPath(import.meta.url, '../../servers/upstream-main');

export const START_TIMEOUT_MS = 30_000;
/** Equal for every process of every arm; heap sizes must not depend on the machine's memory. */
const heapArguments = ['--max-semi-space-size=16', '--max-old-space-size=4096'];

export interface ProcessOptions {
  /** Another program instead of the server, for the benchmark of the harness itself. */
  readonly serverProgram?: string;
  readonly verbose: boolean;
}

/**
 * The length of its path shifts the memory layout of a process, which can change speed (Mytkowicz
 * et al. 2009).
 */
export function makeWorkingDirectory({
  setup: { workingDirectoryBytes = 0 },
  trial,
}: {
  readonly setup: { readonly workingDirectoryBytes?: number | undefined };
  readonly trial: number;
}): { path: string } & Disposable {
  const path = join(temporaryFolder(), `${trial}-`.padEnd(workingDirectoryBytes, 'd'));
  mkdirSync(path, { recursive: true });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

interface ChildSetUp extends ProcessOptions {
  readonly workingDirectory: string;
  /** A command that the process must run within. */
  readonly within?: readonly string[];
  /** Name that distinguishes it from others of its kind. */
  readonly name?: string;
  /** Index among several of its kind, from 0. */
  readonly place?: number;
  readonly stampsFile?: string;
}

export function startServer(planned: PlannedTrial, options: ChildSetUp): Worker<FromServer> {
  const name = `${planned.arm.transport} ${options.name ?? 'server'}`;
  return startProgram('server', { ...options, setup: planned.setup, name });
}

function startClient(planned: PlannedTrial, options: ChildSetUp): Worker<FromClient> {
  const name = `${planned.arm.transport} ${options.name ?? 'client'}`;
  return startProgram('load', { ...options, setup: planned.setup, name });
}

interface ProgramSetUp extends ChildSetUp {
  readonly setup: {
    readonly [Key in keyof PlannedTrial['setup']]?: PlannedTrial['setup'][Key] | undefined;
  };
  readonly name: string;
}

interface Programs {
  readonly server: Child<FromServer>;
  readonly load: Child<FromClient>;
}

/** Starts one process of an end of the streams. */
export function startProgram<Program extends keyof Programs>(
  program: Program,
  options: ProgramSetUp,
): Programs[Program];
export function startProgram(
  program: keyof Programs,
  options: ProgramSetUp,
): Programs[keyof Programs] {
  const place = { place: options.place, cpus: availableParallelism() };
  const common = { ...childOptions(options, options), name: options.name };
  return program === 'server'
    ? new Child({
        ...common,
        program: options.serverProgram ?? twinProgram,
        schema: fromServerSchema,
        cpu: cpuOf(options.setup.serverCpu, place),
      })
    : new Child({
        ...common,
        program: clientProgram,
        schema: fromClientSchema,
        cpu: cpuOf(options.setup.clientCpu, place),
      });
}

/**
 * With two CPUs all servers share one and all load processes the other: a server must never wait
 * for the load. With more, the next process of a kind is placed two CPUs further, so that servers
 * are on even CPUs and load processes on odd ones, or the other way round; after the last CPU,
 * placement begins again.
 * @param first CPU of the first of its kind, 0 or 1; undefined leaves all of them to the kernel.
 */
export function cpuOf(
  first: number | undefined,
  { place = 0, cpus }: { readonly place: number | undefined; readonly cpus: number },
): number | undefined {
  return first === undefined ? undefined : first + 2 * (place % Math.max(1, Math.floor(cpus / 2)));
}

function childOptions(
  { setup }: Pick<ProgramSetUp, 'setup'>,
  { workingDirectory, verbose, within = [], stampsFile }: ChildSetUp,
) {
  return {
    environment: {
      TMPDIR: folderForBrowser(),
      STREAMDUEL_PADDING: 'x'.repeat(setup.environmentPaddingBytes ?? 0),
    },
    nodeArguments: [
      ...heapArguments,
      `--hash-seed=${setup.hashSeed ?? 0}`,
      `--random-seed=${setup.randomSeed ?? 0}`,
    ],
    workingDirectory,
    within,
    stampsFile,
    verbose,
  };
}

/**
 * A killed browser leaves its profile and a socket there. A socket's path must fit into 108 bytes
 * (unix(7)).
 */
function folderForBrowser(): string {
  const [own, socket] = [temporaryFolder(), '/org.chromium.Chromium.XXXXXX/SingletonSocket'];
  return own.length + socket.length < 108 ? own : tmpdir();
}

export interface GroupSetUp extends Omit<ChildSetUp, 'within' | 'stampsFile'> {
  readonly path: Pick<Path, 'withinServer' | 'withinClient'>;
  readonly stampsFileOf: StampFiles['of'];
}

export interface ChildCounts {
  readonly servers: number;
  readonly clients: number;
}

/** Starts servers and load processes in the order that was drawn for this trial. */
export function startChildren(
  planned: PlannedTrial,
  { path: { withinServer, withinClient }, stampsFileOf, ...setUp }: GroupSetUp,
  counts: ChildCounts,
): { servers: ProcessGroup<FromServer>; clients: ProcessGroup<FromClient> } {
  const startServers = (): ProcessGroup<FromServer> =>
    new ProcessGroup(
      numbered(counts.servers, 'server').map((name, place) =>
        startServer(planned, {
          ...setUp,
          within: withinServer,
          name,
          place,
          stampsFile: stampsFileOf('server', place),
        }),
      ),
    );
  const startClients = (): ProcessGroup<FromClient> =>
    new ProcessGroup(
      numbered(counts.clients, 'client').map((name, place) =>
        startClient(planned, {
          ...setUp,
          within: withinClient,
          name,
          place,
          stampsFile: stampsFileOf('client', place),
        }),
      ),
    );
  if (planned.setup.serverFirst) {
    const servers = startServers();
    return { servers, clients: startClients() };
  }
  const clients = startClients();
  return { servers: startServers(), clients };
}

/** Names: `server`, or `server 1`, `server 2` … of several. */
function numbered(count: number, kind: string): string[] {
  return count === 1 ? [kind] : Array.from({ length: count }, (_, index) => `${kind} ${index + 1}`);
}

/**
 * Starts one upstream for each server, placed after the load processes: with two CPUs on theirs,
 * since it must not take CPU time from the server, with more on the next CPUs of their side.
 */
export function startUpstreams(
  planned: PlannedTrial,
  setUp: ChildSetUp,
  counts: ChildCounts,
): ProcessGroup<FromUpstream> {
  const cpus = availableParallelism();
  return new ProcessGroup(
    numbered(counts.servers, 'upstream').map(
      (name, index) =>
        new Child({
          ...childOptions(planned, setUp),
          name,
          program: upstreamProgram,
          schema: fromUpstreamSchema,
          cpu: cpuOf(planned.setup.clientCpu, { place: counts.clients + index, cpus }),
        }),
    ),
  );
}

/** Starts a process that stands between server and clients. */
export function startBetween<In extends { kind: string }>(
  { setup }: PlannedTrial,
  program: WorkerProgram<In>,
  { verbose }: ProcessOptions,
): Worker<In> {
  return new Child({
    ...program,
    environment: {},
    nodeArguments: heapArguments,
    // On the server's CPU: on the client's, a relay waiting for the end of a delay would keep the
    // client from waking up.
    cpu: setup.serverCpu,
    verbose,
  });
}
