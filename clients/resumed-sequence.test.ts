import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payloads } from '../bench/contract/payload.ts';
import { sliceStart } from '../bench/contract/workload.ts';
import { ExpectedPayload, layOutSource } from './expected-payload.ts';
import { payloadOf, populationWith, source } from './reconnect-fixture.ts';
import { CORRUPT, noReceipts, ResumedSequence, SEEN_BEFORE } from './resumed-sequence.ts';

const LENGTH = 120;
const population = populationWith(1, LENGTH);
const expected = new ExpectedPayload(source, layOutSource(source), payloads.lean.template());

function startSequence() {
  const counts = noReceipts();
  const sequence = new ResumedSequence(expected, {
    sourceStart: sliceStart(source, population.seeds[0]!),
    tokens: LENGTH,
    counts,
  });
  return { sequence, counts };
}

type Feed = (sequence: ResumedSequence, payload: string) => number;

const feeds = {
  bytes: (sequence, payload) => {
    // The payload lies inside a larger buffer, as in a read.
    const buffer = Buffer.from(`9}${payload}{"s":3`);
    return sequence.acceptBytes(buffer, 2, buffer.length - 6);
  },
  text: (sequence, payload) => sequence.acceptText(payload),
} satisfies Record<string, Feed>;

const token = (number: number): string => payloadOf(population, 0, number);

describe.each(Object.keys(feeds) as (keyof typeof feeds)[])('tokens as %s', (feed) => {
  const accept = (sequence: ResumedSequence, ...numbers: readonly number[]): number[] =>
    numbers.map((number) => feeds[feed](sequence, token(number)));

  it('tokens in order have their places, and the cursor is the last of them', () => {
    const { sequence, counts } = startSequence();
    expect(accept(sequence, 1, 2, 3)).toEqual([0, 1, 2]);
    expect(sequence.resumeAfter()).toBe(3);
    expect(counts).toEqual({ distinct: 3, duplicated: 0, reordered: 0, corrupt: 0 });
  });

  it('replayed tokens that were there already are duplicates, each time', () => {
    const { sequence, counts } = startSequence();
    expect(accept(sequence, 1, 2, 3, 2, 3, 4, 3)).toEqual([
      0,
      1,
      2,
      SEEN_BEFORE,
      SEEN_BEFORE,
      3,
      SEEN_BEFORE,
    ]);
    expect(counts).toEqual({ distinct: 4, duplicated: 3, reordered: 0, corrupt: 0 });
  });

  it('a token that fills a hole is new and reordered', () => {
    const { sequence, counts } = startSequence();
    expect(accept(sequence, 1, 3, 2, 4)).toEqual([0, 2, 1, 3]);
    expect(counts).toEqual({ distinct: 4, duplicated: 0, reordered: 1, corrupt: 0 });
    expect(sequence.resumeAfter()).toBe(4);
  });

  it('the cursor stands before a hole, and behind one that was declared', () => {
    const { sequence } = startSequence();
    accept(sequence, 1, 2, 6, 7);
    expect(sequence.resumeAfter()).toBe(2);
    sequence.declareLost(2, 5);
    expect(sequence.resumeAfter()).toBe(7);
    expect(sequence.missing()).toEqual({ lost: LENGTH - 4, declared: 3 });
  });

  it('tokens that are missing from a stream that is unknown were declared from the last received on, holes before it not', () => {
    const { sequence } = startSequence();
    accept(sequence, 1, 2, 5);
    sequence.declareRestLost();
    expect(sequence.missing()).toEqual({ lost: LENGTH - 3, declared: LENGTH - 5 });
  });

  it('any other bytes are corrupt and change nothing', () => {
    const { sequence, counts } = startSequence();
    accept(sequence, 1);
    const others = [
      '',
      '{',
      '{"s":2',
      token(2).slice(0, -1),
      token(2).replace('"s":2', '"s":3'),
      `${token(2)} `,
      '{"s":0,"d":""}',
    ];
    others.push(
      `{"s":${LENGTH + 1},"d":"x"}`,
      '{"s":1234567890,"d":"x"}',
      '{"s":02,"d":"x"}',
      '{"s":-1,"d":"x"}',
      '{"d":"x","s":2}',
    );
    expect(others.map((payload) => feeds[feed](sequence, payload))).toEqual(
      others.map(() => CORRUPT),
    );
    expect(counts).toEqual({ distinct: 1, duplicated: 0, reordered: 0, corrupt: others.length });
    expect(accept(sequence, 2)).toEqual([1]);
  });

  it('whatever is delivered, replayed, cut and declared lost, nothing is reported lost that came, nor the other way round', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { sequence, counts } = startSequence();
        const naive = new NaiveSequence();
        const places: number[][] = [];
        const naivePlaces: number[][] = [];
        for (const one of steps) {
          if (one.kind === 'gap') {
            sequence.declareLost(one.from - 1, one.from - 1 + one.length);
            naive.declare(one.from, one.length);
          } else {
            const from = one.kind === 'resume' ? sequence.resumeAfter() + 1 : one.from;
            const numbers = Array.from(
              { length: Math.max(0, Math.min(one.length, LENGTH + 1 - from)) },
              (_, index) => from + index,
            );
            places.push(accept(sequence, ...numbers));
            naivePlaces.push(numbers.map((number) => naive.accept(number)));
          }
          expect(sequence.resumeAfter()).toBe(naive.resumeAfter());
        }
        expect(places).toEqual(naivePlaces);
        expect(sequence.missing()).toEqual(naive.missing());
        expect(counts).toEqual({ ...naive.counts, corrupt: 0 });
        expect(sequence.isComplete).toBe(naive.received.size === LENGTH);
        expect(counts.distinct + sequence.missing().lost).toBe(LENGTH);
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});

const from = fc.integer({ min: 1, max: LENGTH });
const length = fc.integer({ min: 1, max: LENGTH });
const step = fc.oneof(
  fc.record({ kind: fc.constant('resume' as const), length, from }),
  fc.record({ kind: fc.constant('jump' as const), length, from }),
  fc.record({ kind: fc.constant('gap' as const), length, from }),
);

/** Reference implementation, as plain as possible. */
class NaiveSequence {
  readonly received = new Set<number>();
  readonly declared = new Set<number>();
  readonly counts = { distinct: 0, duplicated: 0, reordered: 0 };

  accept(number: number): number {
    if (this.received.has(number)) {
      this.counts.duplicated++;
      return SEEN_BEFORE;
    }
    if (number < Math.max(...this.received, 0)) this.counts.reordered++;
    this.received.add(number);
    this.counts.distinct++;
    return number - 1;
  }

  declare(from: number, length: number): void {
    for (let number = from; number < from + length; number++)
      if (number <= LENGTH) this.declared.add(number);
  }

  resumeAfter(): number {
    let number = 0;
    while (number < LENGTH && (this.received.has(number + 1) || this.declared.has(number + 1)))
      number++;
    return number;
  }

  missing(): { lost: number; declared: number } {
    const lost = Array.from({ length: LENGTH }, (_, index) => index + 1).filter(
      (number) => !this.received.has(number),
    );
    return {
      lost: lost.length,
      declared: lost.filter((number) => this.declared.has(number)).length,
    };
  }
}
