// Measures a run under the eyes of whoever waits for it. What stops it early is handed back, not thrown: what there is by
// then is reported first.

import { BenchError } from '../contract/errors.ts';
import { countTrials } from '../plan/trials.ts';
import { measureRun, type OpenRun } from './measure-run.ts';
import { showProgress, silentProgress } from './progress.ts';
import type { RunCommandFlags } from './run-flags.ts';

export interface WatchOptions {
  readonly flags: Pick<RunCommandFlags, 'quiet' | 'verbose'>;
  readonly port: number;
  readonly signal: AbortSignal;
  readonly stderr: NodeJS.WriteStream;
}

/** What stopped it; undefined when all that was planned has been measured. */
export async function watchRun(run: OpenRun, { flags, port, signal, stderr }: WatchOptions): Promise<unknown> {
  const { plan } = run.header;
  const progress =
    flags.quiet === true
      ? silentProgress
      : showProgress({ plan, total: countTrials(plan), alreadyDone: run.records.length, stream: stderr });
  try {
    await measureRun(run, { port, verbose: flags.verbose === true, signal, progress });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    progress.close();
  }
}

/** The same, with the command that goes on. */
export function explainStop(error: unknown, folder: string): unknown {
  if (!(error instanceof BenchError)) return error;
  const hint = [error.hint, `finished trials are kept; go on with: streamduel run --continue ${folder}`]
    .filter((one) => one !== undefined)
    .join('\n');
  return new BenchError(error.code, error.message, { cause: error, hint });
}
