// Test support: the example servers, started as their target files say, and why one of them cannot
// be tested here.

import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, globSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { vi } from 'vitest';
import { projectPath } from '../../bench/contract/program.ts';
import { NS_PER_MS } from '../../bench/contract/units.ts';
import type { Missing } from '../../bench/missing-fixture.ts';
import { readTargetFile } from '../../bench/plan/target-file.ts';

export const exampleNames = ['spring', 'fastapi', 'go', 'node'] as const;

export type ExampleName = (typeof exampleNames)[number];

const root = projectPath('servers/examples');

export const targetFileOf = (name: ExampleName): string => join(root, name, 'targets.yaml');

interface Build {
  readonly made: string;
  readonly from: readonly string[];
}

const builds: Readonly<Record<ExampleName, Build | undefined>> = {
  spring: { made: 'target/example.jar', from: ['pom.xml', 'src/**/*.*'] },
  fastapi: { made: '.venv/requirements.txt', from: ['requirements.txt'] },
  go: { made: 'build/server', from: ['main.go', 'go.mod', 'go.sum'] },
  node: undefined,
};

/** Undefined where `build.sh` has built the example since its sources were changed. */
export function whyNotBuilt(name: ExampleName): Missing | undefined {
  const build = builds[name];
  if (build === undefined) return undefined;
  const cwd = join(root, name);
  const made = join(cwd, build.made);
  const remedy = `servers/examples/build.sh ${name}`;
  if (!existsSync(made)) return { why: `${name} is not built`, remedy };
  const builtMs = statSync(made).mtimeMs;
  const newer = build.from
    .flatMap((pattern) => globSync(pattern, { cwd }))
    .find((file) => statSync(join(cwd, file)).mtimeMs > builtMs);
  if (newer === undefined) return undefined;
  return { why: `${name} was built before its ${newer} was changed`, remedy };
}

export interface RunningExample extends AsyncDisposable {
  readonly port: number;
}

const READY_POLL_MS = 50;
const STOP_TIMEOUT_MS = 5000;

/** @throws an error with what the server printed when it ends before it is ready */
export async function startExample(name: ExampleName): Promise<RunningExample> {
  const [target] = readTargetFile(targetFileOf(name)).targets;
  if (target?.start === undefined) throw new Error(`${name} has no target that is started`);
  const { command, directory, readyPath, readyTimeoutNs } = target.start;
  const [program = '', ...programArguments] = command;
  const port = await freePort();
  const child = spawn(program, programArguments, {
    cwd: directory,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const output of [child.stdout, child.stderr])
    output.on('data', (bytes: Buffer) => (printed += bytes.toString()));
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    child.kill('SIGTERM');
    await exited;
    clearTimeout(timer);
  };
  let hasEnded = false;
  void exited.then(() => (hasEnded = true));
  try {
    await vi.waitUntil(
      async () => {
        if (hasEnded) throw new Error(`${name} ended before it was ready: ${printed}`);
        return await isOk(`http://127.0.0.1:${port}${readyPath}`);
      },
      { timeout: readyTimeoutNs / NS_PER_MS, interval: READY_POLL_MS },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, [Symbol.asyncDispose]: stop };
}

async function isOk(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/**
 * Below the ports that the kernel gives out by itself: while a JVM starts, which can take a minute,
 * another test's server would get one of those, and answer in its place.
 */
const PORTS = { low: 20_000, high: 30_000 };
const PORT_TRIES = 20;

async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES; tries++) {
    const port = randomInt(PORTS.low, PORTS.high);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error(`none of ${PORT_TRIES} ports is free`);
}
