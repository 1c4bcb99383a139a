// Test support: `streamduel run` in this process, with trials that are made up instead of measured,
// so that the rules of a run are proved in milliseconds and whatever the machine does meanwhile.

import { join } from 'node:path';
import { describeTrial } from '../analysis/trial-fixture.ts';
import type { CliFolder, Ended } from '../cli-fixture.ts';
import { BenchError, exitCodeOf } from '../contract/errors.ts';
import { deriveSeed, drawNormal, seededDraw } from '../contract/random.ts';
import type { CompletedTrial } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import type { CommandOutput } from './command-output.ts';
import { keptOutput } from './kept-output-fixture.ts';
import { runCommand } from './run.ts';

type Measure = NonNullable<CommandOutput['measure']>;

/**
 * @param edit Changes the trial that is made up for a planned one; it may throw, as a measurement
 * does.
 */
export function makeUp(
  edit: (made: CompletedTrial, planned: PlannedTrial) => CompletedTrial = (made) => made,
  noise = 0.02,
): Measure {
  return async (planned) => {
    const draw = seededDraw(deriveSeed(planned.workloadSeed, planned.order));
    const scale = (): number => Math.exp(noise * drawNormal(draw));
    return await Promise.resolve(
      edit({ ...describeTrial(planned.arm.transport, scale), ...planned }, planned),
    );
  };
}

/** The trial of this number fails, as one whose process died. */
export function failWith(
  error: BenchError,
  isAffected: (planned: PlannedTrial) => boolean,
): Measure {
  return makeUp((made, planned) => {
    if (isAffected(planned)) throw error;
    return made;
  });
}

interface EndedHere extends Ended {
  /** The error that the command threw; the command line would print it, with its hint. */
  readonly error: BenchError | undefined;
}

/** Runs scenarios as the command line does. The run folders are those of `place`. */
export async function runHere(
  place: CliFolder,
  {
    scenarios = [],
    measure = makeUp(),
    ...flags
  }: RunFlags & { readonly scenarios?: readonly string[]; readonly measure?: Measure },
): Promise<EndedHere> {
  const { output, stdout, stderr } = keptOutput();
  const usual =
    flags.continue === undefined
      ? { preset: 'smoke', seed: '7', out: join(place.path, 'reports') }
      : {};
  try {
    const code = await runCommand(scenarios, { ...usual, ...flags }, { ...output, measure });
    return { code, stdout: stdout(), stderr: stderr(), error: undefined };
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return { code: exitCodeOf(error), stdout: stdout(), stderr: stderr(), error };
  }
}

/**
 * Returns a function that presses Ctrl-C, once, for a command that this process runs, and for
 * nothing else that listens.
 */
export function pressingCtrlC(): () => void {
  const others = new Set(process.listeners('SIGINT'));
  return () => {
    for (const listener of process.listeners('SIGINT')) {
      if (!others.has(listener)) listener('SIGINT');
      others.add(listener);
    }
  };
}
