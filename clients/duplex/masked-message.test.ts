import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { frameBytes } from '../../bench/contract/byte-model.ts';
import { maskedMessage } from './masked-message.ts';

const { Receiver } = createRequire(import.meta.url)('ws') as {
  readonly Receiver: new (options: { isServer: boolean }) => Writable;
};

it.each([0, 125, 126, 900, 65_535])('ws reads a message of %i bytes', async (length) => {
  const payload = Buffer.from(Array.from({ length }, (_, index) => index % 251));
  const message = maskedMessage('binary', payload);
  expect(message).toHaveLength(frameBytes(length) + 4);
  const receiver = new Receiver({ isServer: true });
  const read = once(receiver, 'message');
  receiver.write(message);
  const [found, isBinary] = (await read) as [Buffer, boolean];
  expect(isBinary).toBe(true);
  expect(found.equals(payload)).toBe(true);
});

it('refuses what does not fit', () => {
  expect(() => maskedMessage('text', Buffer.alloc(65_536))).toThrow('at most 64 KiB');
});
