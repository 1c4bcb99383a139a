/** Streams that a command writes to: results to stdout, progress and warnings to stderr. */
export interface CommandOutput {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}
