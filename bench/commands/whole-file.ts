// Writes the file of `--out`: whole or not at all, piece by piece.

import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { BenchError, messageOf } from '../contract/errors.ts';

/** @throws BenchError USAGE where it cannot be written, and whatever the pieces throw. */
export async function writeWholeFile(out: string, pieces: AsyncIterable<string>): Promise<void> {
  const part = `${out}.part`;
  try {
    using file = openPart(part, out);
    for await (const piece of pieces) writeSync(file.descriptor, piece);
    renameSync(part, out);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function openPart(part: string, out: string): Disposable & { readonly descriptor: number } {
  try {
    const descriptor = openSync(part, 'w');
    return { descriptor, [Symbol.dispose]: () => closeSync(descriptor) };
  } catch (cause) {
    throw new BenchError('USAGE', `--out ${out}: ${messageOf(cause)}`, {
      cause,
      hint: 'name a file in a folder that exists and can be written to',
    });
  }
}
