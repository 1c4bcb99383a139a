// The lab's state on this machine: each program has its version, or the command that brings it.

import { BenchError } from '../contract/errors.ts';
import { findProgram, type FoundProgram, type LabPlaces } from './find-program.ts';
import { bringCommand, labSources, type LabName } from './lab-sources.ts';

export interface LabReading<Name extends LabName = LabName> {
  readonly name: Name;
  /** Undefined where it is missing. */
  readonly version: string | undefined;
  /** It was found here; absent where it is missing. */
  readonly found?: FoundProgram;
  /** Brings it, and all others that come the same way. */
  readonly command: string;
}

export function readLab<Name extends LabName>(
  names: readonly Name[],
  places: LabPlaces = {},
): readonly LabReading<Name>[] {
  return names.map((name) => readProgram(name, places));
}

function readProgram<Name extends LabName>(name: Name, places: LabPlaces): LabReading<Name> {
  const found = tryToFind(name, places);
  return {
    name,
    version: found === undefined ? undefined : (found.version ?? 'of unknown version'),
    ...(found !== undefined && { found }),
    command: labSources[name].kind === 'wheel' ? 'streamduel lab install' : bringCommand(name),
  };
}

function tryToFind(name: LabName, places: LabPlaces): FoundProgram | undefined {
  try {
    return findProgram(name, places);
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return undefined;
  }
}
