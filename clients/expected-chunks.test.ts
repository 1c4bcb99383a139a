// Tokens that are bytes, over binary messages and over text: each byte counts.

import { describe, expect, it } from 'vitest';
import type { TransportId } from '../bench/contract/arms/transports.ts';
import {
  payloads,
  renderChunkMessage,
  renderChunkText,
  type ChunkPayload,
} from '../bench/contract/payload.ts';
import { hashStreamText, openTokenSource } from '../bench/contract/workload.ts';
import { expectTokens, layOutOnce } from './expected-chunks.ts';
import { noReceipts, ResumedSequence } from './resumed-sequence.ts';
import { noFaults, SequenceCheck } from './sequence.ts';

const source = openTokenSource({ tokenFile: 'none', segments: [] }, 'audio');
const template = payloads.audio.template('7');
const START = 60;
const TOKENS = 10;
const sha256 = hashStreamText(source, START, TOKENS);

const tokens = Array.from({ length: TOKENS }, (_, index): ChunkPayload => {
  const chunk = source.chunks![(START + index) % source.chunks!.length]!;
  return { template, sequence: index + 1, chunk };
});

const forms = {
  'ws-binary': renderChunkMessage,
  sse: (payload: ChunkPayload) => Buffer.from(renderChunkText(payload)),
} satisfies { [Transport in TransportId]?: (payload: ChunkPayload) => Buffer };

const expectedOver = (transport: TransportId) =>
  expectTokens(source, { template, transport, layout: layOutOnce(source) });

/** The message lies inside a larger buffer, as in a read. */
function accept(check: Pick<SequenceCheck, 'acceptBytes'>, message: Buffer): number {
  const read = Buffer.concat([Buffer.from('##'), message, Buffer.from('##')]);
  return check.acceptBytes(read, 2, read.length - 2);
}

describe.each(Object.entries(forms))('over %s', (transport, render) => {
  const expected = expectedOver(transport as TransportId);
  const messages = tokens.map(render);
  const checked = (received: readonly Buffer[]) => {
    const counts = noFaults();
    const check = new SequenceCheck(expected, { sourceStart: START, tokens: TOKENS, counts });
    const places = received.map((message) => accept(check, message));
    return { places, counts, isWhole: check.finish(sha256, () => sha256) };
  };

  it('a whole stream verifies, and its bytes are those that the model counts', () => {
    const { places, counts, isWhole } = checked(messages);
    expect(places).toEqual(tokens.map((_, index) => index));
    expect([counts, isWhole]).toEqual([noFaults(), true]);
    expect(tokens.map((_, index) => expected.payloadBytes(START, index))).toEqual(
      messages.map(({ length }) => length),
    );
  });

  it('a token with one bit wrong, anywhere, is corrupt', () => {
    const message = messages[3]!;
    for (const at of [4, 12, Math.floor(message.length / 2), message.length - 3]) {
      const damaged = Buffer.from(message);
      damaged[at]! ^= 1;
      const { places, counts, isWhole } = checked(messages.with(3, damaged));
      expect([places[3], counts.corrupt, isWhole]).toEqual([-1, 1, false]);
    }
  });

  it('a token that is missing, repeated or late has a name', () => {
    expect(checked(messages.toSpliced(4, 1)).counts).toMatchObject({ lost: 1 });
    expect(checked(messages.toSpliced(4, 0, messages[2]!)).counts).toMatchObject({ duplicated: 1 });
    const late = messages.toSpliced(4, 1).toSpliced(6, 0, messages[4]!);
    expect(checked(late).counts).toMatchObject({ lost: 0, reordered: 1 });
  });

  it('a message that is cut, or empty, is corrupt', () => {
    for (const length of [0, 1, 4, 20, messages[0]!.length - 1])
      expect(checked([messages[0]!.subarray(0, length)]).counts.corrupt).toBe(1);
  });

  it('a receiver that comes back finds the place by the number', () => {
    const counts = noReceipts();
    const check = new ResumedSequence(expected, { sourceStart: START, tokens: TOKENS, counts });
    const places = [0, 1, 5, 6, 2, 5].map((index) => accept(check, messages[index]!));
    expect(places).toEqual([0, 1, 5, 6, 2, -1]);
    expect(counts).toEqual({ distinct: 5, duplicated: 1, reordered: 1, corrupt: 0 });
  });
});

it('a binary message without a number, or with that of another token, is none of the stream', () => {
  const expected = expectedOver('ws-binary');
  const message = renderChunkMessage({ ...tokens[0]!, sequence: 0 });
  expect(expected.placeOf(message, 0, message.length)).toBeUndefined();
  const other = renderChunkMessage({ ...tokens[0]!, sequence: 2 });
  expect(expected.matches(other, 0, other.length, START, 0)).toBe(false);
  expect(expected.matches(other, 0, other.length, START, 1)).toBe(false);
});

function isWhole(texts: readonly string[]): boolean {
  const check = new SequenceCheck(expectedOver('sse'), {
    sourceStart: START,
    tokens: TOKENS,
    counts: noFaults(),
  });
  for (const text of texts) check.acceptText(text);
  return check.finish(sha256, () => 'unused');
}

it('a consumer that decodes hashes the bytes, not their base64', () => {
  const texts = tokens.map(renderChunkText);
  expect(isWhole(texts)).toBe(true);
  expect(isWhole(texts.with(2, texts[1]!))).toBe(false);
});
