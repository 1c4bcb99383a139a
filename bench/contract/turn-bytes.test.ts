import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { turnBodyBytes, turnBytesUp } from './turn-bytes.ts';
import { planConversation } from './turn-conversation.ts';
import type { TurnContext } from './turn-conditions.ts';
import { openTokenSource } from './workload.ts';

const source = openTokenSource({
  tokenFile: fileURLToPath(new URL('../workloads/tokens.json', import.meta.url)),
  segments: [],
});

const conversation = (context: TurnContext) =>
  planConversation({
    part: 'measured',
    repeat: 0,
    workloadSeed: 7,
    turns: 12,
    inputBytes: 2000,
    replyTokens: 60,
    source,
    context,
  });

/** Differences of neighbours. */
const differences = (values: readonly number[]): readonly number[] =>
  values.slice(1).map((value, index) => value - (values[index] as number));

const sumUpTo = (values: readonly number[]): readonly number[] =>
  values.map((_, index) => values.slice(0, index + 1).reduce((sum, value) => sum + value, 0));

it.each(['resent', 'increment'] as const)('the model of %s is what JSON takes', (context) => {
  for (const { request } of conversation(context))
    expect(turnBodyBytes(request)).toBe(Buffer.byteLength(JSON.stringify(request)));
});

it('with state the bytes of a turn do not grow; with the history resent each turn adds the one before it', () => {
  // Only the digits of ids and seeds differ, and `false` of the last turn.
  const increments = conversation('increment').map(({ request }) => turnBodyBytes(request));
  expect(Math.max(...increments.slice(1)) - Math.min(...increments.slice(1))).toBeLessThan(8);
  const resent = conversation('resent').map(({ request }) => turnBodyBytes(request));
  const added = differences(resent);
  // The sum grows with the square of the turns: its second differences are what a turn adds, which
  // is a tool's result and a reply.
  const second = differences(differences(sumUpTo(resent)));
  expect(second).toEqual(added.slice(1));
  const mean = added.reduce((sum, bytes) => sum + bytes, 0) / added.length;
  expect(mean).toBeGreaterThan(2000);
  // Replies have as many tokens, of different lengths.
  expect(Math.max(...added.map((bytes) => Math.abs(bytes - mean)))).toBeLessThan(0.15 * mean);
});

describe('all bytes of a turn', () => {
  const [{ request } = {} as never] = conversation('increment');
  const bodyBytes = turnBodyBytes(request);
  const place = { authority: '127.0.0.1:40000', turn: 1, connection: 'kept' } as const;

  it('by POST: the head of a request, and the body', () => {
    const head =
      'POST /v1/turns HTTP/1.1\r\nHost: 127.0.0.1:40000\r\nAccept: text/event-stream\r\n' +
      `Content-Type: application/json\r\nContent-Length: ${bodyBytes}\r\n\r\n`;
    expect(turnBytesUp(request, { ...place, protocol: 'event-stream' }, 'p')).toBe(
      head.length + bodyBytes,
    );
  });

  it('over WebSocket: a frame with its mask, and the handshake of a connection that is new', () => {
    const protocol = 'websocket';
    const kept = turnBytesUp(request, { ...place, protocol }, 'p');
    // More than 125 and less than 64 KiB: a length of two bytes.
    expect(kept).toBe(bodyBytes + 4 + 4);
    const fresh = turnBytesUp(request, { ...place, protocol, connection: 'new' }, 'p');
    expect(fresh).toBe(turnBytesUp(request, { ...place, protocol, turn: 0 }, 'p'));
    const handshake =
      'GET /v1/turns HTTP/1.1\r\nHost: 127.0.0.1:40000\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: p\r\n\r\n';
    expect(fresh - kept).toBe(handshake.length);
  });
});

it('both ways send the same texts, and mean the same context', () => {
  const [resent, increment] = [conversation('resent'), conversation('increment')];
  expect(increment.map(({ context }) => context)).toEqual(resent.map(({ context }) => context));
  for (const { request, context } of resent) {
    expect(request.input).toEqual(context);
    expect([request.store, request.previous_response_id]).toEqual([false, undefined]);
  }
  expect(increment.map(({ request }) => request.previous_response_id)).toEqual([
    undefined,
    ...increment.slice(0, -1).map(({ id }) => id),
  ]);
  expect(increment.map(({ request }) => request.store)).toEqual(
    increment.map((_, turn) => turn < 11),
  );
});
