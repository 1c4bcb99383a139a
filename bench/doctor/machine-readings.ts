// Reads what a measurement depends on: CPUs, load, limits, clock, memory, browser, privileges,
// programs. Takes about a second, in which it watches what other programs and the hypervisor take.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { findChromium } from '../contract/chromium.ts';
import { BenchError } from '../contract/errors.ts';
import { projectPath } from '../contract/program.ts';
import type { Environment } from '../contract/run-file.ts';
import { proxyNames } from '../contract/arms/proxies/proxies.ts';
import { readLab, type LabReading } from '../lab/read-lab.ts';
import { whyAbsent, whyNoNamespaces } from '../path/network-namespaces.ts';
import type { NetworkRefusal } from '../path/network-refusal.ts';
import { readMachineLimits, type MachineLimits } from '../plan/limits.ts';
import { explainRefusal, type CaptureRefusal } from '../selftest/capture/capture-refusal.ts';
import { readEnvironment } from '../trial/environment.ts';
import { HostWatch } from '../trial/host-watch.ts';

/** Why something cannot be had, and the fix. */
export interface Lack {
  readonly why: string;
  readonly fix: string | undefined;
}

export interface MachineReadings {
  readonly environment: Environment;
  /** The oldest major version of Node that the program supports. */
  readonly leastNode: number;
  readonly limits: MachineLimits;
  /** Shares of all CPU time in one second; undefined without /proc. */
  readonly stolenShare: number | undefined;
  readonly othersShare: number | undefined;
  /** Smallest step between two readings, and the time that one takes. */
  readonly clock: { readonly resolutionNs: number; readonly costNs: number };
  readonly availableBytes: number;
  readonly browser: { readonly path: string } | Lack;
  readonly isRoot: boolean;
  /**
   * Effective capabilities for capturing packets and changing networks; undefined without /proc.
   */
  readonly capabilities: { readonly netRaw: boolean; readonly netAdmin: boolean } | undefined;
  /** Undefined where they can be had. */
  readonly namespaces: NetworkRefusal | undefined;
  readonly packetRules: NetworkRefusal | undefined;
  readonly capture: CaptureRefusal | undefined;
  readonly hasPythonWebsockets: boolean;
  readonly hasCompiler: boolean;
  /** Each proxy with its version, or with the command that brings it. */
  readonly proxies: readonly LabReading[];
}

const WATCH_MS = 1000;

export async function readMachine(): Promise<MachineReadings> {
  const browser = findBrowser();
  const environment = readEnvironment(undefined, {
    browser: 'path' in browser ? browser.path : undefined,
  });
  const clock = measureClock();
  const watch = new HostWatch(environment.cpus);
  await setTimeout(WATCH_MS);
  const { stealMean, busyNs, ownNs, wallNs } = watch.stop();
  const { engines } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as {
    engines: { node: string };
  };
  return {
    environment,
    leastNode: Number(/\d+/.exec(engines.node)?.[0]),
    limits: readMachineLimits(),
    stolenShare: stealMean,
    othersShare:
      busyNs === undefined ? undefined : Math.max(0, busyNs - ownNs) / (wallNs * environment.cpus),
    clock,
    availableBytes: process.availableMemory(),
    browser,
    isRoot: process.geteuid?.() === 0,
    capabilities: readCapabilities(),
    namespaces: whyNoNamespaces(),
    packetRules: whyAbsent('partition'),
    capture: whyNoCapture(),
    hasPythonWebsockets: isRunnable('/usr/bin/python3', '-c', 'import websockets'),
    hasCompiler: isRunnable('cc', '--version'),
    proxies: readLab(proxyNames),
  };
}

function findBrowser(): MachineReadings['browser'] {
  try {
    return { path: findChromium() };
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return { why: error.message, fix: error.hint };
  }
}

const BATCHES = 50;
const READINGS_PER_BATCH = 1000;

/** The fastest batch counts: others were interrupted, or ran before the code was compiled. */
function measureClock(): MachineReadings['clock'] {
  let resolutionNs = Number.POSITIVE_INFINITY;
  let costNs = Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < BATCHES; batch++) {
    const start = process.hrtime.bigint();
    let before = start;
    for (let reading = 0; reading < READINGS_PER_BATCH; reading++) {
      const now = process.hrtime.bigint();
      if (now > before) resolutionNs = Math.min(resolutionNs, Number(now - before));
      before = now;
    }
    costNs = Math.min(costNs, Number(before - start) / READINGS_PER_BATCH);
  }
  return { resolutionNs, costNs };
}

/** Bits of CapEff in /proc/self/status; numbers from linux/capability.h. */
const CAP_NET_ADMIN = 12n;
const CAP_NET_RAW = 13n;

function readCapabilities(): MachineReadings['capabilities'] {
  let status: string;
  try {
    status = readFileSync('/proc/self/status', 'utf8');
  } catch {
    return undefined;
  }
  const [, hex] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  if (hex === undefined) return undefined;
  const has = (bit: bigint): boolean => ((BigInt(`0x${hex}`) >> bit) & 1n) === 1n;
  return { netRaw: has(CAP_NET_RAW), netAdmin: has(CAP_NET_ADMIN) };
}

/** Opens the loopback interface as a capture does, without capturing. */
function whyNoCapture(): CaptureRefusal | undefined {
  const { status, stderr, error } = spawnSync('tcpdump', ['-i', 'lo', '--list-data-link-types'], {
    encoding: 'utf8',
  });
  if (error !== undefined) return explainRefusal('', 127);
  return status === 0 ? undefined : explainRefusal(stderr, status);
}

function isRunnable(program: string, ...words: readonly string[]): boolean {
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}
