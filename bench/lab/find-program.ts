// Finds a program of the lab and its version: on the search path first, then in the lab's folder.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { delimiter, dirname, join, resolve } from 'node:path';
import { BenchError } from '../contract/errors.ts';
import { userCache } from '../contract/user-cache.ts';
import { bringCommand, labPrograms, labSources, type LabName, type Wheel } from './lab-sources.ts';

export interface FoundProgram {
  readonly program: string;
  /** As the program itself states it; undefined when it states none. */
  readonly version: string | undefined;
  readonly origin: 'search path' | 'lab' | 'package';
  /** Folder of the packages that a program for Node imports; absent for any other program. */
  readonly packages?: string;
}

export interface LabPlaces {
  readonly searchPath?: string;
  readonly cache?: string;
}

/** Debian keeps daemons there, and the search path of an ordinary user lacks these folders. */
const DAEMON_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'] as const;

const VERSION_TIMEOUT_MS = 10_000;

/** The folder of an unpacked wheel. */
export function labFolder({ distribution, version }: Wheel, cache = userCache()): string {
  return join(cache, 'lab', `${distribution}-${version}`);
}

const known = new Map<string, string | undefined>();

/** @throws BenchError MISSING_PROGRAM with the command that brings it. */
export function findProgram(name: LabName, places: LabPlaces = {}): FoundProgram {
  const source = labSources[name];
  const packaged = source.kind === 'package' ? locatePackage(source.name) : undefined;
  if (packaged !== undefined) return packaged;
  const found = source.kind === 'package' ? undefined : locate(name, places);
  if (found !== undefined) return { ...found, version: versionOf(name, found.program) };
  const { title } = labPrograms[name];
  throw new BenchError('MISSING_PROGRAM', `${title} is not on this machine`, {
    hint: `get it: ${bringCommand(name)}`,
  });
}

/** `nginx 1.31.3, of the lab`: for the environment of a run. */
export function programTitle(name: LabName, { version, origin }: FoundProgram): string {
  const source = labSources[name];
  const from = {
    lab: source.kind === 'wheel' ? `of the lab (${source.distribution} ${source.version})` : '',
    package: 'on the Node of this run',
    'search path': 'found on the search path',
  }[origin];
  return `${labPrograms[name].title} ${version ?? 'of unknown version'}, ${from}`;
}

/** Run by the Node of this process. */
function locatePackage(name: string): FoundProgram | undefined {
  let packageJson: string | undefined;
  try {
    packageJson = findPackageJSON(name, import.meta.url);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  }
  if (packageJson === undefined) return undefined;
  const { version } = JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string };
  const packages = resolve(dirname(packageJson), ...name.split('/').map(() => '..'));
  return { program: process.execPath, version, origin: 'package', packages };
}

function locate(
  name: LabName,
  { searchPath = process.env['PATH'] ?? '', cache }: LabPlaces,
): Pick<FoundProgram, 'program' | 'origin'> | undefined {
  const folders = [...searchPath.split(delimiter), ...DAEMON_FOLDERS];
  for (const program of labPrograms[name].programs)
    for (const folder of folders) {
      const path = join(folder, program);
      if (folder !== '' && isExecutable(path)) return { program: path, origin: 'search path' };
    }
  const source = labSources[name];
  if (source.kind !== 'wheel') return undefined;
  const path = join(labFolder(source, cache), source.program);
  return isExecutable(path) ? { program: path, origin: 'lab' } : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Asked once: some programs take a second to answer. */
function versionOf(name: LabName, program: string): string | undefined {
  if (!known.has(program)) {
    const { stdout, stderr } = spawnSync(program, labPrograms[name].versionArguments, {
      encoding: 'utf8',
      timeout: VERSION_TIMEOUT_MS,
    });
    known.set(program, parseVersion(`${stdout}\n${stderr}`));
  }
  return known.get(program);
}

/** The first number of three parts, or else of two, with what is attached to it. */
export function parseVersion(printed: string): string | undefined {
  return (/\d+\.\d+\.\d+[\w.~+-]*/.exec(printed) ?? /\d+\.\d+[\w.~+-]*/.exec(printed))?.[0];
}
