import type { RunTrial } from '../trial/procedure.ts';

/** Streams that a command writes to: results to stdout, progress and warnings to stderr. */
export interface CommandOutput {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Measures one trial; replaced in tests, which need no processes for it. */
  readonly measure?: RunTrial;
}
