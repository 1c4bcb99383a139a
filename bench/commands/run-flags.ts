// Input of the commands from the command line: the flags of `run`, and the output streams.

import type { RunFlags } from '../plan/build-plan.ts';

export interface RunCommandFlags extends RunFlags {
  readonly failIf?: readonly string[];
  readonly out?: string;
  readonly name?: string;
  readonly continue?: string;
  readonly port?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export interface CommandOutput {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}
