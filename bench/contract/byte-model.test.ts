import { expect, it } from 'vitest';
import { sse } from './arms/sse.ts';
import { tcp } from './arms/tcp.ts';
import { websocket } from './arms/websocket.ts';
import { resumeIdBytes } from './byte-model.ts';
import { payloads } from './payload.ts';

const token = (payloadBytes: number, sequence = 1, idPrefixBytes?: number) => ({
  payloadBytes,
  sequence,
  idPrefixBytes,
});

it('an SSE token is its data line, its blank line and a chunk', () => {
  // `data: ` + 18 + `\n\n` = 26 → `1a\r\n` … `\r\n`
  expect(sse.bytes.token(token(18))).toBe(26 + 6);
  // 247 + 8 = 255 → `ff`; one more needs a third digit.
  expect(sse.bytes.token(token(247))).toBe(255 + 6);
  expect(sse.bytes.token(token(248))).toBe(256 + 7);
});

it('an SSE id costs 5 bytes, its prefix and its digits', () => {
  expect(sse.bytes.token(token(18, 9, 5)) - sse.bytes.token(token(18, 9))).toBe(5 + 5 + 1);
  expect(sse.bytes.token(token(18, 1000, 5)) - sse.bytes.token(token(18, 1000))).toBe(5 + 5 + 4);
});

it('a resume id is its line, and the digit by which the chunk’s size grows; no other transport has one', () => {
  expect(resumeIdBytes(sse.bytes, token(18, 9, 5))).toBe(5 + 5 + 1);
  expect(resumeIdBytes(sse.bytes, token(18, 9))).toBe(0);
  // 240 + 8 = 248 → `f8`; 11 more are 259 → `103`.
  expect(resumeIdBytes(sse.bytes, token(240, 9, 5))).toBe(5 + 5 + 1 + 1);
  expect([
    resumeIdBytes(websocket.bytes, token(18, 9, 5)),
    resumeIdBytes(tcp.bytes, token(18, 9, 5)),
  ]).toEqual([0, 0]);
});

it.each([
  [0, 2],
  [125, 127],
  [126, 130],
  [65_535, 65_539],
  [65_536, 65_546],
])('a WebSocket message of %i bytes is a frame of %i', (payloadBytes, bytes) => {
  expect(websocket.bytes.token(token(payloadBytes))).toBe(bytes);
});

it('a token of the null arm is its payload and a line end', () => {
  expect(tcp.bytes.token(token(18))).toBe(19);
});

it('the name of an event is a line of an event stream, and nothing over other transports', () => {
  const named = { ...token(18), eventName: 'content_block_delta' };
  // 26 + `event: content_block_delta\n`, which makes the size `35`.
  expect(sse.bytes.token(named)).toBe(26 + 27 + 6);
  expect(websocket.bytes.token(named)).toBe(websocket.bytes.token(token(18)));
  expect(tcp.bytes.token(named)).toBe(tcp.bytes.token(token(18)));
});

it('a message of an API is an event with its name, a frame, or a line', () => {
  const message = { name: 'ping', data: '{"type": "ping"}' };
  expect(sse.bytes.message(message)).toBe('event: ping\ndata: {"type": "ping"}\n\n'.length + 6);
  expect(sse.bytes.message({ data: '[1]' })).toBe('data: [1]\n\n'.length + 5);
  expect(websocket.bytes.message(message)).toBe(16 + 2);
  expect(tcp.bytes.message(message)).toBe(16 + 1);
});

/** RFC 9112 §7.1, for text of one-byte characters. */
const chunk = (text: string): number => text.length + text.length.toString(16).length + 4;

it('in the event stream of an API `open` is a comment, and `done` an event without a name', () => {
  const open = { sid: '7', epoch: 'k3f9', from: 1, n: 4 };
  const done = { s: 5, n: 4, sha256: 'e3b0', finish: 'stop' } as const;
  expect(sse.bytes.open(open, payloads.anthropic)).toBe(
    chunk(': open {"sid":"7","epoch":"k3f9","from":1,"n":4}\nretry: 1000\n\n'),
  );
  const unnamed = 'data: {"type":"done","s":5,"n":4,"sha256":"e3b0","finish":"stop"}\n\n';
  expect(sse.bytes.done(done, 'k3f9', payloads.anthropic)).toBe(chunk(unnamed));
  expect(sse.bytes.done(done, 'k3f9', payloads.openai)).toBe(chunk(`data: [DONE]\n\n${unnamed}`));
  // A payload without an API names both, and gives them an id where tokens are numbered.
  expect(sse.bytes.open(open, payloads.lean)).toBe(
    chunk(
      'event: open\nid: k3f9.0\nretry: 1000\ndata: {"sid":"7","epoch":"k3f9","from":1,"n":4}\n\n',
    ),
  );
});
