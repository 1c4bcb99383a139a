import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  payloadNames,
  payloads,
  renderPayload,
  type PayloadName,
} from '../bench/contract/payload.ts';
import type { TokenSource } from '../bench/contract/workload.ts';
import { ExpectedPayload, layOutSource } from './expected-payload.ts';
import { noFaults, SequenceCheck } from './sequence.ts';

const tokens = [
  'Hello',
  ' wörld',
  '…',
  ' 🦀',
  '\n',
  '"quoted"',
  ' 你好',
  '\\',
  ' end',
  ' the',
  ' the',
  ' the',
];
const source: TokenSource = { tokens, jsonTexts: tokens.map((token) => JSON.stringify(token)) };
const layout = layOutSource(source);
const START = 9;
const LENGTH = 30;

interface Case {
  readonly expected: ExpectedPayload;
  readonly payloads: readonly string[];
  readonly sha256: string;
}

function prepare(payload: PayloadName): Case {
  const template = payloads[payload].template('17');
  const texts = Array.from(
    { length: LENGTH },
    (_, index) => tokens[(START + index) % tokens.length] as string,
  );
  return {
    expected: new ExpectedPayload(source, layout, template),
    payloads: texts.map((text, index) => renderPayload(template, index + 1, JSON.stringify(text))),
    sha256: createHash('sha256').update(texts.join('')).digest('hex'),
  };
}

type Feed = (check: SequenceCheck, payload: string) => number;

const feeds: Record<string, Feed> = {
  bytes: (check, payload) => {
    // The payload lies inside a larger buffer, as in a read.
    const buffer = Buffer.from(`##${payload}##`);
    return check.acceptBytes(buffer, 2, buffer.length - 2);
  },
  text: (check, payload) => check.acceptText(payload),
};

describe.each(
  payloadNames.flatMap((payload) => Object.keys(feeds).map((feed) => [payload, feed] as const)),
)('%s payload as %s', (payload, feed) => {
  const { expected, payloads: whole, sha256 } = prepare(payload);
  const run = (
    received: readonly string[],
    announced: { hash: string | undefined } = { hash: sha256 },
  ) => {
    const counts = noFaults();
    const check = new SequenceCheck(expected, { sourceStart: START, tokens: LENGTH, counts });
    const places = received.map((one) => feeds[feed]!(check, one));
    return { places, isVerified: check.finish(announced.hash, () => sha256), counts };
  };

  it('a whole stream verifies and every token has its place', () => {
    const { places, isVerified, counts } = run(whole);
    expect(places).toEqual(Array.from({ length: LENGTH }, (_, index) => index));
    expect([isVerified, counts]).toEqual([true, noFaults()]);
  });

  it('one dropped token is one lost token', () => {
    const { isVerified, counts } = run(whole.toSpliced(4, 1));
    expect([isVerified, counts.lost, counts.duplicated, counts.corrupt]).toEqual([false, 1, 0, 0]);
  });

  it('a cut tail is lost, to the token', () => {
    const { isVerified, counts } = run(whole.slice(0, 22));
    expect([isVerified, counts.lost]).toEqual([false, 8]);
  });

  it('one token twice is one duplicate', () => {
    const { isVerified, counts } = run(whole.toSpliced(7, 0, whole[6]!));
    expect([isVerified, counts.lost, counts.duplicated, counts.corrupt]).toEqual([false, 0, 1, 0]);
  });

  it('one changed byte is one corrupt token', () => {
    const { isVerified, counts } = run(
      whole.with(5, whole[5]!.replace(/[a-z"](?="?\}?[^"]*$)/, '#')),
    );
    expect(isVerified).toBe(false);
    expect(counts).toMatchObject({ lost: 0, duplicated: 0, corrupt: 1 });
  });

  it('another announced hash, or none, does not verify', () => {
    expect(run(whole, { hash: 'f'.repeat(64) })).toMatchObject({
      isVerified: false,
      counts: { hashMismatches: 1 },
    });
    expect(run(whole, { hash: undefined })).toMatchObject({
      isVerified: false,
      counts: { hashMismatches: 1 },
    });
  });

  it('any number of seeded drops of numbered tokens is counted exactly', () => {
    fc.assert(
      fc.property(fc.subarray(whole.map((_, index) => index)), (kept) => {
        const { counts } = run(kept.map((index) => whole[index]!));
        const faults = counts.lost + counts.corrupt + counts.duplicated;
        const dropped = LENGTH - kept.length;
        // Without numbers equal tokens cannot be distinguished, but no incomplete stream may be
        // reported as whole.
        expect(faults > 0).toBe(dropped > 0);
        expect(payload === 'lean' ? [faults, counts.lost] : [dropped, dropped]).toEqual([
          dropped,
          dropped,
        ]);
      }),
      { seed: 2, numRuns: 200 },
    );
  });
});

it('two numbered tokens that changed places are one reordered token', () => {
  const { expected, payloads: whole, sha256 } = prepare('lean');
  const counts = noFaults();
  const check = new SequenceCheck(expected, { sourceStart: START, tokens: LENGTH, counts });
  for (const payload of whole.with(3, whole[4]!).with(4, whole[3]!)) check.acceptText(payload);
  expect(check.finish(sha256, () => sha256)).toBe(false);
  expect(counts).toMatchObject({ lost: 0, duplicated: 0, reordered: 1, corrupt: 0 });
});

it('the number of payload bytes is known without rendering it', () => {
  for (const name of payloadNames) {
    const { expected, payloads: whole } = prepare(name);
    for (const [index, payload] of whole.entries())
      expect(expected.payloadBytes(START, index)).toBe(Buffer.byteLength(payload));
  }
});
