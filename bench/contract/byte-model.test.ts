import { expect, it } from 'vitest';
import { sse } from './arms/sse.ts';
import { tcp } from './arms/tcp.ts';
import { websocket } from './arms/websocket.ts';
import { resumeIdBytes } from './byte-model.ts';

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
