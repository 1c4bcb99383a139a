// Test support: output streams that are no terminal and keep what a command writes to them.

import { Writable } from 'node:stream';
import type { CommandOutput } from './command-output.ts';

interface KeptOutput {
  readonly output: Pick<CommandOutput, 'stdout' | 'stderr'>;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

export function keptOutput(): KeptOutput {
  const [stdout, stderr] = [keptStream(), keptStream()];
  return {
    output: { stdout: stdout.stream, stderr: stderr.stream },
    stdout: stdout.text,
    stderr: stderr.text,
  };
}

function keptStream(): { readonly stream: NodeJS.WriteStream; readonly text: () => string } {
  let text = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk);
      done();
    },
  });
  // A real stream: `styleText` checks it.
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}
