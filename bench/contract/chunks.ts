// The bytes of tokens that are no text: as if drawn at random, so that no compressor finds anything
// in them, and the same in every process.

import { createHash } from 'node:crypto';
import { MIB } from './units.ts';

/** Enough for a token to differ from those around it; a stream begins at one that its seed draws. */
const MOST_CHUNKS = 64;
/** Large chunks are fewer: each receiver of text keeps them in base64, too. */
const MOST_BYTES = 8 * MIB;

/** Equal for equal sizes. SHAKE256 (FIPS 202) gives as many bytes as are asked for. */
export function makeChunks(bytes: number): readonly Buffer[] {
  const chunks = Math.max(1, Math.min(MOST_CHUNKS, Math.floor(MOST_BYTES / bytes)));
  const all = createHash('shake256', { outputLength: chunks * bytes })
    .update(`chunks of ${bytes} bytes`)
    .digest();
  return Array.from({ length: chunks }, (_, index) =>
    all.subarray(index * bytes, (index + 1) * bytes),
  );
}
