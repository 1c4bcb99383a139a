import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { frameBytes } from '../bench/contract/byte-model.ts';
import { closeFrame, maskedFrame } from './masked-frame.ts';

// ws does not list its receiver among its exports.
const { Receiver } = createRequire(import.meta.url)('ws') as {
  readonly Receiver: new (options: { isServer: boolean }) => Writable;
};

/** What the server side of ws reads of a frame. */
function readByWs(frame: Buffer): readonly unknown[] {
  const receiver = new Receiver({ isServer: true });
  const heard: unknown[] = [];
  for (const event of ['message', 'pong', 'conclude'])
    receiver.on(event, (...values: readonly unknown[]) => heard.push(event, ...values));
  receiver.write(frame);
  return heard;
}

it.each([0, 1, 125, 126, 900, 65_535, 65_536, 200_001])(
  'ws reads a message of %i bytes as it was',
  (length) => {
    const payload = Buffer.from(Array.from({ length }, (_, index) => index % 251));
    const frame = maskedFrame('binary', payload);
    expect(frame).toHaveLength(frameBytes(length) + 4);
    const [event, read, isBinary] = readByWs(frame);
    expect([event, isBinary]).toEqual(['message', true]);
    expect((read as Buffer).equals(payload)).toBe(true);
  },
);

it('ws reads text, a pong and a close as what they are', () => {
  expect(readByWs(maskedFrame('text', Buffer.from('né')))).toEqual([
    'message',
    Buffer.from('né'),
    false,
  ]);
  expect(readByWs(maskedFrame('pong', Buffer.from('p')))).toEqual(['pong', Buffer.from('p')]);
  expect(readByWs(closeFrame(1000)).slice(0, 2)).toEqual(['conclude', 1000]);
  expect(readByWs(closeFrame(undefined)).slice(0, 2)).toEqual(['conclude', 1005]);
});
