// Test support: the program as a user runs it, in an empty folder of its own.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keptOutput } from './commands/kept-output-fixture.ts';
import type { TrialRecord } from './contract/run-file.ts';
import { main } from './main.ts';

export const cli = fileURLToPath(new URL('cli.ts', import.meta.url));

/** A run of the smallest size that measures. */
export const shortRun = [
  'run',
  '--preset',
  'smoke',
  '--connections',
  '10',
  '--warmup',
  '500ms',
  '--duration',
  '500ms',
  '--seed',
  '7',
];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Output on stderr so far. */
  readonly printed: () => string;
  /** Output on stdout so far. */
  readonly answered: () => string;
}

/** A temporary folder, removed with its content on disposal. */
export class CliFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'streamduel-'));

  start(...words: readonly string[]): Program {
    const child = spawn(process.execPath, [cli, ...words], {
      cwd: this.path,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (bytes) => (stdout += String(bytes)));
    child.stderr.on('data', (bytes) => (stderr += String(bytes)));
    const ended = once(child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout,
      stderr,
    }));
    return { child, ended, printed: () => stderr, answered: () => stdout };
  }

  readonly run = async (...words: readonly string[]): Promise<Ended> =>
    await this.start(...words).ended;

  /** The folder of the run with this `--name`. */
  runFolder(name: string): string {
    const found = readdirSync(join(this.path, 'reports')).find((one) => one.endsWith(`Z-${name}`));
    if (found === undefined) throw new Error(`no run named ${name}`);
    return join(this.path, 'reports', found);
  }

  readTrials(name: string): TrialRecord[] {
    const lines = readFileSync(join(this.runFolder(name), 'run.ndjson'), 'utf8')
      .trimEnd()
      .split('\n');
    return lines.slice(1).map((line) => JSON.parse(line) as TrialRecord);
  }

  readReport(name: string): string {
    return readFileSync(join(this.runFolder(name), 'report.md'), 'utf8');
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Runs the command line in this process. */
export async function runMain(...words: readonly string[]): Promise<Ended> {
  const { output, stdout, stderr } = keptOutput();
  const code = await main(words, output);
  return { code, stdout: stdout(), stderr: stderr() };
}
