// The binary messages of tokens that are bytes: each is compared where it lies, in one native call.

import assert from 'node:assert/strict';
import { transports, type TransportId } from '../bench/contract/arms/transports.ts';
import { CHUNK_NUMBER_BYTES } from '../bench/contract/payload.ts';
import type { PayloadTemplate } from '../bench/contract/payloads/payload-profile.ts';
import type { TokenSource } from '../bench/contract/workload.ts';
import { ExpectedPayload, layOutSource, type SourceBytes } from './expected-payload.ts';
import type { ExpectedTokens } from './expected-tokens.ts';

class ExpectedChunks implements ExpectedTokens {
  readonly areBytes = true;
  readonly #chunks: readonly Buffer[];

  constructor(chunks: readonly Buffer[]) {
    this.#chunks = chunks;
  }

  payload(): string {
    assert.fail('a binary message has no text');
  }

  payloadBytes(sourceStart: number, index: number): number {
    return CHUNK_NUMBER_BYTES + this.#chunk(sourceStart, index).length;
  }

  matches(buffer: Buffer, start: number, end: number, sourceStart: number, index: number): boolean {
    if (this.placeOf(buffer, start, end) !== index) return false;
    const chunk = this.#chunk(sourceStart, index);
    const from = start + CHUNK_NUMBER_BYTES;
    return end - from === chunk.length && buffer.compare(chunk, 0, chunk.length, from, end) === 0;
  }

  placeOf(buffer: Buffer, start: number, end: number): number | undefined {
    const sequence = end - start < CHUNK_NUMBER_BYTES ? 0 : buffer.readUInt32BE(start);
    return sequence === 0 ? undefined : sequence - 1;
  }

  #chunk(sourceStart: number, index: number): Buffer {
    return this.#chunks[(sourceStart + index) % this.#chunks.length] as Buffer;
  }
}

interface Carried {
  readonly template: PayloadTemplate;
  readonly transport: TransportId;
  /** The same of all streams, laid out only where messages are text. */
  readonly layout: () => SourceBytes;
}

/** The messages of one stream, or of all with the same template, over a transport. */
export function expectTokens(
  source: TokenSource,
  { template, transport, layout }: Carried,
): ExpectedTokens {
  const { chunks } = source;
  return chunks !== undefined && transports[transport].capabilities.binary
    ? new ExpectedChunks(chunks)
    : new ExpectedPayload(source, layout(), template);
}

/** Lays a source out when it is first needed. */
export function layOutOnce(source: TokenSource): () => SourceBytes {
  let layout: SourceBytes | undefined;
  return () => (layout ??= layOutSource(source));
}
