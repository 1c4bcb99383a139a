// The server of a target that is started for a trial: on a free port, ready before the load begins,
// its whole group of processes metered over the window, ended with the trial.

import { setTimeout } from 'node:timers/promises';
import { BenchError } from '../../../contract/errors.ts';
import { fillPlaceholders } from '../../../contract/placeholders.ts';
import { programPath } from '../../../contract/program.ts';
import {
  fromGuardSchema,
  type FromGuard,
  type TargetServerUse,
  type TargetStart,
} from '../../../contract/target.ts';
import { NS_PER_MS, NS_PER_S } from '../../../contract/units.ts';
import { Child } from '../../../trial/child-process.ts';
import { acceptsConnections, freePort } from '../../../path/local-port.ts';
import { readMemory } from '../../../trial/process-memory.ts';
import { processesWith, readProcessStat } from '../../../trial/process-stat.ts';

const guardProgram = programPath(import.meta.url, './guard-main');

const POLL_MS = 50;
const STOP_TIMEOUT_MS = 10_000;

export interface TargetServer extends AsyncDisposable {
  readonly port: number;
  /** All processes of its group, now. */
  readonly pids: () => readonly number[];
  /** Call at the beginning of the window; the result is called at its end. */
  readonly meter: () => () => TargetServerUse;
}

interface StartOptions {
  /** Bind it to this CPU with taskset; undefined leaves it to the kernel. */
  readonly cpu: number | undefined;
  readonly verbose: boolean;
  readonly signal: AbortSignal;
}

/** @throws BenchError CHILD_START with the last that the server printed. */
export async function startTargetServer(
  { name, start }: { readonly name: string; readonly start: TargetStart },
  { cpu, verbose, signal }: StartOptions,
): Promise<TargetServer> {
  const port = await freePort();
  const fill = (text: string): string =>
    fillPlaceholders(text, (word) => (word === 'PORT' ? String(port) : process.env[word]));
  const guard = new Child<FromGuard>({
    name: `guard of ${name}`,
    program: guardProgram,
    schema: fromGuardSchema,
    environment: {},
    nodeArguments: [],
    cpu: undefined,
    verbose,
  });
  let ended: Extract<FromGuard, { kind: 'ended' }> | undefined;
  let leader: number | undefined;
  guard.onMessage = (message) => {
    if (message.kind === 'ended') ended = message;
    if (message.kind === 'guarding') leader = message.pid;
  };
  const pinned = cpu === undefined ? [] : ['taskset', '-c', String(cpu)];
  guard.send({
    kind: 'guard',
    command: [...pinned, ...start.command.map(fill)],
    directory: start.directory,
    environment: Object.fromEntries(
      Object.entries(start.environment).map(([key, value]) => [key, fill(value)]),
    ),
  });
  const dispose = async (): Promise<void> => {
    guard.send({ kind: 'stop' });
    await guard
      .expect('stopped', STOP_TIMEOUT_MS, AbortSignal.timeout(STOP_TIMEOUT_MS))
      .catch(() => undefined);
    await guard[Symbol.asyncDispose]();
  };
  try {
    const deadlineMs = Date.now() + start.readyTimeoutNs / NS_PER_MS;
    while (!(await isReady(port, start.readyPath))) {
      signal.throwIfAborted();
      if (ended !== undefined) throw notStarted(name, `ended ${ended.how}`, ended.said);
      if (Date.now() >= deadlineMs)
        throw notStarted(
          name,
          `was not ready on port ${port} within ${start.readyTimeoutNs / NS_PER_S} s${start.readyPath === undefined ? '' : ` at ${start.readyPath}`}`,
          '',
        );
      await setTimeout(POLL_MS);
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  const pids = (): readonly number[] => (leader === undefined ? [] : processesOfSession(leader));
  const readyPssBytes = pssBytesOf(pids());
  return {
    port,
    pids,
    meter: () => {
      const before = cpuNsOf(pids());
      return () => {
        const now = pids();
        const pssBytes = pssBytesOf(now);
        return {
          processes: now.length,
          cpuNs: Math.max(0, cpuNsOf(now) - before),
          ...(pssBytes !== undefined && { pssBytes }),
          ...(readyPssBytes !== undefined && { readyPssBytes }),
        };
      };
    },
    [Symbol.asyncDispose]: dispose,
  };
}

function notStarted(name: string, how: string, said: string): BenchError {
  const words = said.trim().split('\n').slice(-8).join('\n');
  return new BenchError(
    'CHILD_START',
    `target ${name}: its server ${how}${words === '' ? '' : `; it printed last:\n${words}`}`,
    { hint: 'start it by hand with the command of the target file, and PORT set' },
  );
}

async function isReady(port: number, path: string | undefined): Promise<boolean> {
  if (path === undefined) return await acceptsConnections(port);
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.timeout(2000),
      redirect: 'manual',
    });
    await response.body?.cancel();
    return response.status < 500;
  } catch {
    return false;
  }
}

/** A detached process begins a session, which its children are in unless they leave it. */
function processesOfSession(leader: number): readonly number[] {
  return processesWith(({ session }) => session === leader) ?? [];
}

/** undefined where no process says. */
function pssBytesOf(pids: readonly number[]): number | undefined {
  const memory = pids.flatMap((pid) => readMemory(pid)?.pssBytes ?? []);
  return memory.length === 0 ? undefined : memory.reduce((sum, bytes) => sum + bytes, 0);
}

/** With the times of children that have ended and were waited for. */
function cpuNsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const { cpuNs = 0, childrenCpuNs = 0 } = readProcessStat(pid) ?? {};
    return sum + cpuNs + childrenCpuNs;
  }, 0);
}
