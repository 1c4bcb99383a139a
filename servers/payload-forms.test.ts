import { expect, it } from 'vitest';
import { payloads, type ChunkPayload } from '../bench/contract/payload.ts';
import { binaryOf, textOf } from './payload-forms.ts';

const chunkPayload = (bytes: readonly number[], sequence = 5): ChunkPayload => ({
  template: payloads.audio.template('0'),
  sequence,
  chunk: Buffer.from(bytes),
});

it('text is what it is in both forms', () => {
  expect([textOf('{"s":1}'), binaryOf('{"s":1}')]).toEqual(['{"s":1}', '{"s":1}']);
});

it('bytes are base64 within JSON in text, and follow their number in a binary message', () => {
  expect(textOf(chunkPayload([0xfb, 0xff, 0xfe]))).toBe('{"s":5,"d":"+//+"}');
  expect(textOf(chunkPayload([0]))).toBe('{"s":5,"d":"AA=="}');
  expect(binaryOf(chunkPayload([7, 8], 0x01_02_03))).toEqual(Buffer.from([0, 1, 2, 3, 7, 8]));
});

it('each token is encoded from its bytes as they are when it is written', () => {
  const first = chunkPayload([1]);
  expect(textOf(first)).toContain('"AQ=="');
  const again = chunkPayload([1]);
  again.chunk[0] = 2;
  expect(textOf(again)).toContain('"Ag=="');
});

it('what a broadcast hands to one subscriber after another is encoded once', () => {
  const message = chunkPayload([1]);
  const sent = binaryOf(message);
  message.chunk[0] = 2;
  expect(binaryOf(message)).toBe(sent);
  expect(textOf(message)).toContain('"Ag=="');
});
