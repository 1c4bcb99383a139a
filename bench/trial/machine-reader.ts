// Reads the machines and processes of a trial from outside, wherever they run.

import type { ProcessReading } from '../contract/course.ts';
import type { MemoryReading, TcpInfo, WindowCalls } from '../contract/run-file.ts';
import { watchHost, type HostReadings } from './host-watch.ts';
import { addMemory } from './merge-tallies.ts';
import { readMemory } from './process-memory.ts';
import { ProcessWatch, type WatchedProcesses } from './process-watch.ts';
import { ResidentWatch, type ResidentMemory } from './resident-watch.ts';
import { countCalls } from './system-calls.ts';
import { readTcpInfo } from './tcp-info.ts';

/** A part of a trial, ns since T0. */
export interface WatchedWindow {
  readonly fromNs: number;
  readonly toNs: number;
  /** When some receivers stop reading: then the memory of the servers is watched, too. */
  readonly stallAtNs?: number | undefined;
}

/** Undefined where the machine cannot tell. */
export interface MachineReadings {
  readonly host: HostReadings;
  readonly calls: WindowCalls | undefined;
  /** CPU time and memory of the processes, once a second. */
  readonly processes: readonly ProcessReading[] | undefined;
  /** Memory of the servers; set only in a trial in which receivers stop reading. */
  readonly resident: ResidentMemory | undefined;
}

export interface MachineReader {
  readonly readServerMemory: () => Promise<MemoryReading | undefined>;
  /** The kernel's counts for the open sockets of the servers; takes some ms. */
  readonly readTcpInfo: (serverPorts: readonly number[]) => Promise<TcpInfo | undefined>;
  /**
   * Resolves at the end of the window; call before it begins. @throws as soon as a load process
   * fails
   */
  readonly watch: (window: WatchedWindow) => Promise<MachineReadings>;
}

/** A trial's clock, by which a window begins and ends. */
export interface WindowClock {
  readonly until: (atNs: number) => Promise<void>;
  readonly now: () => number;
}

interface WatchOptions extends WindowClock {
  readonly pids: WatchedProcesses;
  /** Processes that pass bytes on between the two sides. */
  readonly between?: readonly number[];
}

/** Idle during the window except for readings of /proc once a second, or five times with a stall. */
export async function watchMachine(
  { fromNs, toNs, stallAtNs }: WatchedWindow,
  { pids, between = [], until, now }: WatchOptions,
): Promise<MachineReadings> {
  await until(fromNs);
  const stopCounting = countCalls(pids);
  using residentWatch =
    stallAtNs === undefined ? undefined : new ResidentWatch(pids.servers, () => now() < stallAtNs);
  using processWatch = new ProcessWatch(pids, toNs - fromNs);
  const { done: calls, host } = await watchHost(async () => {
    await until(toNs);
    return stopCounting();
  }, between);
  const processes = processWatch.stop();
  return { host, calls, processes, resident: residentWatch?.read() };
}

interface LocalTrial extends WindowClock {
  readonly pids: WatchedProcesses;
  readonly between: readonly number[];
  /** The command that enters the servers' network namespace, if they have one of their own. */
  readonly withinServer: readonly string[];
}

/** For processes of this machine. */
export function localReader({ withinServer, ...trial }: LocalTrial): MachineReader {
  const { servers } = trial.pids;
  return {
    readServerMemory: () => Promise.resolve(addMemory(servers.map(readMemory))),
    readTcpInfo: async (ports) => await readTcpInfo(ports, withinServer),
    watch: async (window) => await watchMachine(window, trial),
  };
}
