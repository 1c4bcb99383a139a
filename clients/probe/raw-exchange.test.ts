import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { readExchange } from './raw-exchange.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

it('fields, chunks and body are read as they came', () => {
  const response =
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nVia: 1.1 x\r\ntransfer-encoding: chunked\r\n\r\n' +
    '3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n';
  expect(readExchange(bytes(response))).toEqual({
    status: 200,
    fields: [
      ['content-type', 'text/event-stream'],
      ['via', '1.1 x'],
      ['transfer-encoding', 'chunked'],
    ],
    chunkBytes: [3, 10],
    bodyBytes: 13,
    bodySha256: sha256('abc0123456789'),
  });
});

it('what follows an upgrade is kept as it is', () => {
  const response = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\u0081\u0002hi';
  expect(readExchange(bytes(response))).toMatchObject({
    status: 101,
    chunkBytes: [],
    bodyBytes: 4,
    bodySha256: createHash('sha256').update(bytes('\u0081\u0002hi')).digest('hex'),
  });
});

it.each([
  ['HTTP/1.1 200 OK\r\nA: b', 'before the response head was whole'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab', 'before the last chunk'],
  ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', 'before the last chunk'],
])('a response that is not whole is refused: %j', (response, why) => {
  expect(() => readExchange(bytes(response))).toThrow(why);
});
