// Reads the machine and software of a run: everything that could explain why another machine shows
// another number.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { findPackageJSON } from 'node:module';
import { isPackaged, projectPath } from '../contract/program.ts';
import type { Environment } from '../contract/run-file.ts';

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** First line of a program's output; undefined when it does not run. */
function ask(program: string, ...programArguments: string[]): string | undefined {
  try {
    const printed = execFileSync(program, programArguments, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5000,
      cwd: projectPath('.'),
    });
    return printed.trim().split('\n')[0];
  } catch {
    return undefined;
  }
}

const settings: Record<string, string> = {
  'tcp congestion control': '/proc/sys/net/ipv4/tcp_congestion_control',
  tcp_rmem: '/proc/sys/net/ipv4/tcp_rmem',
  tcp_wmem: '/proc/sys/net/ipv4/tcp_wmem',
  somaxconn: '/proc/sys/net/core/somaxconn',
  ip_local_port_range: '/proc/sys/net/ipv4/ip_local_port_range',
  tcp_slow_start_after_idle: '/proc/sys/net/ipv4/tcp_slow_start_after_idle',
  'loopback mtu': '/sys/class/net/lo/mtu',
  clocksource: '/sys/devices/system/clocksource/clocksource0/current_clocksource',
  'cpu governor': '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor',
  smt: '/sys/devices/system/cpu/smt/active',
};

const packages = ['fastify', '@fastify/websocket', 'ws', 'undici', 'eventsource-parser'];

const tools: Record<string, readonly [string, ...string[]]> = {
  ss: ['ss', '-V'],
  taskset: ['taskset', '--version'],
  tcpdump: ['tcpdump', '--version'],
};

/** Leaves out keys without a value on this machine. */
function present(entries: Iterable<readonly [string, string | undefined]>): Record<string, string> {
  return Object.fromEntries(
    [...entries].filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function packageVersion(name: string): string | undefined {
  const path = findPackageJSON(name, import.meta.url);
  const text = path === undefined ? undefined : readText(path);
  return text === undefined ? undefined : (JSON.parse(text) as { version?: string }).version;
}

/** Key of the browser among the tools of a run whose client is a browser. */
export const BROWSER_TOOL = 'browser';

interface ProgramsOfRun {
  /** Path of the browser that receives. */
  readonly browser?: string | undefined;
  /** Title and version of each proxy between server and client, by its name. */
  readonly proxies?: Readonly<Record<string, string>>;
}

export function readEnvironment(
  fileDescriptorLimit: number | undefined,
  { browser, proxies = {} }: ProgramsOfRun = {},
): Environment {
  const lockfile = readText(projectPath('package-lock.json'));
  // The repository around an installed package belongs to another project.
  const gitCommit = isPackaged
    ? undefined
    : ask('git', 'describe', '--always', '--dirty', '--abbrev=12');
  const hypervisor = /^flags.*\bhypervisor\b/m.test(readText('/proc/cpuinfo') ?? '')
    ? 'hypervisor flag set'
    : undefined;
  return {
    node: process.version,
    v8: process.versions.v8,
    os: `${type()} ${release()} ${arch()}`,
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    ...(hypervisor !== undefined && { virtualised: hypervisor }),
    settings: present(
      Object.entries(settings).map(([name, path]) => [
        name,
        readText(path)?.replaceAll(/\s+/g, ' '),
      ]),
    ),
    packages: present(packages.map((name) => [name, packageVersion(name)])),
    ...(lockfile !== undefined && {
      lockfileSha256: createHash('sha256').update(lockfile).digest('hex'),
    }),
    ...(gitCommit !== undefined && { gitCommit }),
    ...(fileDescriptorLimit !== undefined && { fileDescriptorLimit }),
    tools: present([
      ...Object.entries(tools).map(
        ([name, [program, ...rest]]) => [name, ask(program, ...rest)] as const,
      ),
      [BROWSER_TOOL, browser && ask(browser, '--version')],
      ...Object.entries(proxies),
    ]),
  };
}

/** This program's own version. */
export function streamduelVersion(): string {
  return (JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as { version: string })
    .version;
}
