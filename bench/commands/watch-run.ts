// Measures a run with a progress display. An error that stops it early is returned, not thrown: the
// finished trials are reported first.

import { BenchError } from '../contract/errors.ts';
import { leftOutWords } from '../contract/left-out.ts';
import { countTrials } from '../plan/trials.ts';
import type { CommandOutput } from './command-output.ts';
import { measureRun, type OpenRun } from './measure-run.ts';
import { showProgress, silentProgress } from './progress.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import type { TrialSite } from '../trial/site.ts';

export interface WatchOptions {
  readonly flags: Pick<RunFlags, 'quiet' | 'verbose'>;
  readonly port: number;
  readonly signal: AbortSignal;
  readonly output: Omit<CommandOutput, 'stdout'>;
  /** Its processes run there; on this machine when absent. */
  readonly site?: TrialSite | undefined;
}

/** Returns the error that stopped the run; undefined when all planned trials have been measured. */
export async function watchRun(
  run: OpenRun,
  { flags, port, signal, output, site }: WatchOptions,
): Promise<unknown> {
  const { plan, leftOut } = run.header;
  if (leftOut !== undefined && flags.quiet !== true)
    output.stderr.write(`left out: ${leftOutWords(leftOut)}\n`);
  const progress =
    flags.quiet === true
      ? silentProgress
      : showProgress({
          plan,
          total: countTrials(plan),
          alreadyDone: run.records.length,
          stream: output.stderr,
        });
  try {
    await measureRun(run, {
      port,
      verbose: flags.verbose === true,
      signal,
      progress,
      site,
      measure: output.measure,
    });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    progress.close();
  }
}

/** Adds the command that continues the run to the error's hint. */
export function explainStop(error: unknown, folder: string, command = 'run'): unknown {
  if (!(error instanceof BenchError)) return error;
  const hint = [
    error.hint,
    `finished trials are kept; go on with: streamduel ${command} --continue ${folder}`,
  ]
    .filter((one) => one !== undefined)
    .join('\n');
  return new BenchError(error.code, error.message, { cause: error, hint });
}
