// Test fixture: feeds bytes to a reader as a socket would, cut anywhere, in a buffer that is
// overwritten between reads.

import * as fc from 'fast-check';
import { asInstant } from '../../bench/contract/units.ts';
import type { ByteReader } from './byte-reader.ts';
import { StreamFailure } from '../stream-failure.ts';

export const AT = asInstant(1);

/** Lengths of the reads; used in turn, over and over. */
export const arbitraryReads = fc.oneof(
  fc.constant([1]),
  fc.constant([1_000_000]),
  fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
);

/**
 * Returns the failure that the reader threw, if it did; anything else that is thrown is thrown on.
 */
export function pushInReads(
  reader: ByteReader,
  bytes: Buffer,
  reads: readonly number[],
): StreamFailure | undefined {
  // Remains of earlier reads around the span: bytes that end a line, and bytes that do not.
  const margin = 5;
  try {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const length = Math.min(reads[turn % reads.length] ?? 1, bytes.length - at);
      const shared = Buffer.alloc(length + 2 * margin, turn % 2 === 0 ? '\n' : 'x');
      bytes.copy(shared, margin, at, at + length);
      reader.push(shared, margin, margin + length, AT);
      // The reader must have copied what it still needs.
      shared.fill('!');
      at += length;
    }
    return undefined;
  } catch (error) {
    if (error instanceof StreamFailure) return error;
    throw error;
  }
}
