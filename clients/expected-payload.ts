// The bytes that every token of every stream must have, known in advance from the workload: so the
// probe can verify each token where it lies in the read buffer, without decoding, copying or
// allocating.

import { renderPayload } from '../bench/contract/payload.ts';
import type { PayloadTemplate } from '../bench/contract/payloads/payload-profile.ts';
import type { TokenSource } from '../bench/contract/workload.ts';
import type { ExpectedTokens } from './expected-tokens.ts';

/** From this length on a native comparison is faster than a loop. */
const NATIVE_COMPARE_BYTES = 24;
const ZERO = 48;

/** `{"s":18,`, the beginning of all text with a number. */
const NUMBERED = /^\{"s":([1-9]\d{0,8}),/;
/** `{"s":` and nine digits. */
const NUMBER_CHARACTERS = 15;

/** The JSON text of all tokens of a source, end to end. */
export interface SourceBytes {
  readonly bytes: Buffer;
  /** Start of each token's text; one more entry than tokens. */
  readonly offsets: Int32Array;
}

export function layOutSource(source: TokenSource): SourceBytes {
  const offsets = new Int32Array(source.jsonTexts.length + 1);
  const parts = source.jsonTexts.map((text) => Buffer.from(text));
  for (const [index, part] of parts.entries())
    offsets[index + 1] = (offsets[index] as number) + part.length;
  return { bytes: Buffer.concat(parts), offsets };
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  return digits;
}

/**
 * Expected tokens of streams with one template. `sourceStart` is where in the source a stream
 * begins, and `index` the place of a token in its stream, from 0. It is shared by all streams whose
 * templates are equal: with thousands of streams a copy for each would be out of the CPU's cache
 * whenever its token came.
 */
export class ExpectedPayload implements ExpectedTokens {
  readonly #source: TokenSource;
  readonly #layout: SourceBytes;
  readonly #template: PayloadTemplate;
  readonly #before: Buffer;
  readonly #between: Buffer;
  readonly #after: Buffer;

  constructor(source: TokenSource, layout: SourceBytes, template: PayloadTemplate) {
    this.#source = source;
    this.#layout = layout;
    this.#template = template;
    this.#before = Buffer.from(template.before);
    this.#between = Buffer.from(template.between);
    this.#after = Buffer.from(template.after);
  }

  get areBytes(): boolean {
    return this.#source.chunks !== undefined;
  }

  payload(sourceStart: number, index: number): string {
    const { jsonTexts } = this.#source;
    return renderPayload(
      this.#template,
      index + 1,
      jsonTexts[(sourceStart + index) % jsonTexts.length] as string,
    );
  }

  payloadBytes(sourceStart: number, index: number): number {
    const token = (sourceStart + index) % this.#source.tokens.length;
    const textBytes =
      (this.#layout.offsets[token + 1] as number) - (this.#layout.offsets[token] as number);
    const { firstNumber } = this.#template;
    const numberBytes = firstNumber === undefined ? 0 : digitsOf(firstNumber + index);
    return (
      this.#before.length + numberBytes + this.#between.length + textBytes + this.#after.length
    );
  }

  placeOf(buffer: Buffer, start: number, end: number): number | undefined {
    return numberedPlace(
      buffer.toString('latin1', start, Math.min(end, start + NUMBER_CHARACTERS)),
    );
  }

  /** Whether bytes [start, end) are the payload of that token. */
  matches(buffer: Buffer, start: number, end: number, sourceStart: number, index: number): boolean {
    const before = this.#before;
    if (!equalAt(buffer, start, before, 0, before.length, end)) return false;
    let at = start + before.length;
    const { firstNumber } = this.#template;
    if (firstNumber !== undefined) {
      let rest = firstNumber + index;
      const last = at + digitsOf(rest) - 1;
      if (last >= end) return false;
      for (let digit = last; digit >= at; digit--) {
        if (buffer[digit] !== ZERO + (rest % 10)) return false;
        rest = Math.floor(rest / 10);
      }
      at = last + 1;
      if (!equalAt(buffer, at, this.#between, 0, this.#between.length, end)) return false;
      at += this.#between.length;
    }
    const token = (sourceStart + index) % this.#source.tokens.length;
    const from = this.#layout.offsets[token] as number;
    const to = this.#layout.offsets[token + 1] as number;
    if (!equalAt(buffer, at, this.#layout.bytes, from, to, end)) return false;
    at += to - from;
    return (
      at + this.#after.length === end &&
      equalAt(buffer, at, this.#after, 0, this.#after.length, end)
    );
  }
}

/** The 0-based place that the number in a payload names; undefined where there is none. */
export function numberedPlace(payload: string): number | undefined {
  const sequence = NUMBERED.exec(payload)?.[1];
  return sequence === undefined ? undefined : Number(sequence) - 1;
}

function equalAt(
  buffer: Buffer,
  at: number,
  expected: Buffer,
  from: number,
  to: number,
  end: number,
): boolean {
  const length = to - from;
  if (at + length > end) return false;
  if (length >= NATIVE_COMPARE_BYTES)
    return buffer.compare(expected, from, to, at, at + length) === 0;
  for (let offset = 0; offset < length; offset++) {
    if (buffer[at + offset] !== expected[from + offset]) return false;
  }
  return true;
}
