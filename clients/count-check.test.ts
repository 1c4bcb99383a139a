import { describe, expect, it } from 'vitest';
import { payloads, renderPayload } from '../bench/contract/payload.ts';
import type { TokenSource } from '../bench/contract/workload.ts';
import { CountCheck } from './count-check.ts';
import { ExpectedPayload, layOutSource } from './expected-payload.ts';
import { noFaults } from './sequence.ts';

const tokens = ['Hello', ' wörld', '…', ' 🦀', ' end'];
const source: TokenSource = { tokens, jsonTexts: tokens.map((token) => JSON.stringify(token)) };
const template = payloads.lean.template();
const expected = new ExpectedPayload(source, layOutSource(source), template);
const whole = Array.from({ length: 12 }, (_, index) =>
  renderPayload(template, index + 1, JSON.stringify(tokens[(index + 2) % tokens.length])),
);

function check(received: readonly string[], feed: 'bytes' | 'text') {
  const counts = noFaults();
  const one = new CountCheck(expected, { sourceStart: 2, tokens: whole.length, counts });
  const places = received.map((payload) =>
    feed === 'text'
      ? one.acceptText(payload)
      : one.acceptBytes(Buffer.from(payload), 0, Buffer.byteLength(payload)),
  );
  return { last: places.at(-1), isWhole: one.finish(undefined, () => ''), counts };
}

describe.each(['bytes', 'text'] as const)('a stream that is counted as %s', (feed) => {
  it('is whole with its tokens and bytes, each at its place', () => {
    expect(check(whole, feed)).toEqual({ last: 11, isWhole: true, counts: noFaults() });
  });

  it.each([
    ['a token is missing', whole.slice(1), { lost: 1 }],
    ['a token came twice', [...whole, whole[0] as string], { duplicated: 1 }],
    [
      'one came twice and another of other length is missing',
      [...whole.slice(0, 11), whole[0] as string],
      { corrupt: 1 },
    ],
    ['a token was cut', [...whole.slice(0, 11), (whole[11] as string).slice(1)], { corrupt: 1 }],
  ])('is not when %s', (_, received, faults) => {
    expect(check(received, feed)).toMatchObject({
      isWhole: false,
      counts: { ...noFaults(), ...faults },
    });
  });
});
