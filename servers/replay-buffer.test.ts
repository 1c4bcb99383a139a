import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ReplayBuffer, type ReplayLimits } from './replay-buffer.ts';

const step = fc.record({
  kind: fc.oneof(
    { weight: 20, arbitrary: fc.constant('append' as const) },
    { weight: 2, arbitrary: fc.constant('dropOldest' as const) },
    { weight: 1, arbitrary: fc.constantFrom('skip' as const, 'clear' as const) },
  ),
  payload: fc.string({ unit: 'grapheme', maxLength: 12 }),
});

/** Reference implementation: a list that is cut at its limits. */
class NaiveBuffer {
  readonly #limits: ReplayLimits;
  #kept: { readonly sequence: number; readonly payload: string }[] = [];
  next: number;

  constructor(limits: ReplayLimits, first: number) {
    this.#limits = limits;
    this.next = first;
  }

  get tokens(): number {
    return this.#kept.length;
  }

  get bytes(): number {
    return this.#kept.reduce(
      (sum, { payload }) => sum + new TextEncoder().encode(payload).length,
      0,
    );
  }

  get oldest(): number {
    return this.#kept[0]?.sequence ?? this.next;
  }

  payload(wanted: number): string | undefined {
    return this.#kept.find(({ sequence }) => sequence === wanted)?.payload;
  }

  append(payload: string): number {
    this.#kept.push({ sequence: this.next++, payload });
    let dropped = 0;
    for (
      ;
      this.tokens > this.#limits.bufferTokens || this.bytes > this.#limits.bufferBytes;
      dropped++
    )
      this.dropOldest();
    return dropped;
  }

  dropOldest(): void {
    this.#kept.shift();
  }

  clear(): number {
    const dropped = this.tokens;
    this.#kept = [];
    return dropped;
  }

  skip(): void {
    this.#kept = [];
    this.next++;
  }
}

it('keeps what a list that is cut at its limits would keep, whatever is done to it', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200 }),
      fc.record({
        bufferTokens: fc.integer({ min: 0, max: 40 }),
        bufferBytes: fc.integer({ min: 0, max: 200 }),
      }),
      fc.integer({ min: 1, max: 1000 }),
      (steps, limits, first) => {
        const buffer = new ReplayBuffer(limits, first);
        const naive = new NaiveBuffer(limits, first);
        for (const { kind, payload } of steps) {
          expect(buffer[kind](payload)).toBe(naive[kind](payload));
          expect([buffer.tokens, buffer.bytes, buffer.oldest]).toEqual([
            naive.tokens,
            naive.bytes,
            naive.oldest,
          ]);
          expect(buffer.tokens).toBeLessThanOrEqual(limits.bufferTokens);
          expect(buffer.bytes).toBeLessThanOrEqual(limits.bufferBytes);
          for (let sequence = first - 2; sequence < naive.next + 2; sequence++)
            expect(buffer.payload(sequence)).toBe(naive.payload(sequence));
        }
      },
    ),
    { seed: 11, numRuns: 200 },
  );
});

it('a token that is larger than the whole buffer is not kept, and neither is what came before it', () => {
  const buffer = new ReplayBuffer({ bufferTokens: 10, bufferBytes: 20 });
  buffer.append('small');
  expect(buffer.append('x'.repeat(21))).toBe(2);
  expect([buffer.tokens, buffer.bytes, buffer.oldest]).toEqual([0, 0, 3]);
});
