import { expect, it } from 'vitest';
import type { StreamSink } from './byte-reader.ts';
import { sse } from './sse.ts';

const BODY = 'id: e.1\ndata: {"s":1,"d":"a"}\n\nevent: done\ndata: {}\n\n';

/** What a sink hears of a response with these fields and this body. */
function hear(fields: string, body: string): string[] {
  const heard: string[] = [];
  const sink = {
    accept: () => void heard.push('accept'),
    token: (buffer: Buffer, start: number, end: number) =>
      void heard.push(`token ${buffer.toString('utf8', start, end)}`),
    control: (type: string) => void heard.push(type),
    end: () => void heard.push('end'),
    begin: () => undefined,
    send: () => undefined,
  } as unknown as StreamSink;
  const reader = sse({ host: 'h', port: 1, path: '/' }, sink);
  const response = Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n${fields}\r\n${body}`,
  );
  reader.push(response, 0, response.length, 0 as never);
  return heard;
}

const WHOLE = ['accept', 'token {"s":1,"d":"a"}', 'done', 'end'];

it('an event stream is chunked', () => {
  const size = BODY.length.toString(16);
  expect(hear('transfer-encoding: chunked\r\n', `${size}\r\n${BODY}\r\n0\r\n\r\n`)).toEqual(WHOLE);
});

it('a proxy that had all of it may state its length instead', () => {
  expect(hear(`content-length: ${BODY.length}\r\n`, BODY)).toEqual(WHOLE);
  // Its loss can be told from its end.
  expect(hear(`content-length: ${BODY.length + 1}\r\n`, BODY).at(-1)).toBe('done');
});

it('one that ends with its connection is refused: its end is like its loss', () => {
  expect(() => hear('', BODY)).toThrow('cannot be told from its loss');
});
