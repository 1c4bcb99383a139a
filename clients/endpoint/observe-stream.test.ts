import { describe, expect, it } from 'vitest';
import {
  acceptUpgrade,
  chunk,
  chunkedHead,
  lastChunk,
  serverFrame,
  startRaw,
} from './endpoint-fixture.ts';
import { observeStream } from './observe-stream.ts';

const request = (url: string) => ({
  url,
  method: 'GET',
  headers: [],
  timeoutMs: 15_000,
  totalTimeoutMs: 18_000,
  maxBytes: 1_000_000,
});
const signal = new AbortController().signal;

describe('a stream that is observed', () => {
  it('has all times in order, from the beginning of the connection on', async () => {
    await using server = await startRaw((socket) => {
      socket.write(chunkedHead);
      socket.write(chunk(': hello\n\ndata: a\n\n'));
      socket.write(lastChunk);
    });
    const observed = await observeStream(request(`http://127.0.0.1:${server.port}/`), { signal });
    const { connectNs = 0, sentNs = 0, headNs = 0, events, reads, commentsNs, endNs } = observed;
    const times = [0, connectNs, sentNs, headNs, reads[0]![0], events[0]![0], endNs];
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(commentsNs).toEqual([events[0]![0]]);
    expect(observed).toMatchObject({ isTruncated: false, end: { kind: 'in-order' } });
  });

  it('is closed where its dialect ends and the server does not', async () => {
    await using server = await startRaw((socket, head) => {
      acceptUpgrade(socket, head);
      socket.write(serverFrame('{"type":"response.created","sequence_number":0}'));
      socket.write(serverFrame('{"type":"response.completed","sequence_number":1,"response":{}}'));
    });
    const observed = await observeStream(request(`ws://127.0.0.1:${server.port}/`), { signal });
    expect(observed.end).toEqual({ kind: 'by-client' });
    expect(observed.failure).toBeUndefined();
    expect(observed.events).toHaveLength(2);
  });

  it('is cut after as many events as are wanted', async () => {
    await using server = await startRaw((socket) => {
      socket.write(chunkedHead);
      socket.write(chunk('data: x\n\n'.repeat(10)));
    });
    const observed = await observeStream(request(`http://127.0.0.1:${server.port}/`), {
      stopAfterEvents: 4,
      signal,
    });
    expect(observed.events).toHaveLength(4);
    expect(observed.end).toEqual({ kind: 'by-client' });
  });

  it('is closed when it is told to be', async () => {
    const controller = new AbortController();
    await using server = await startRaw((socket) => {
      socket.write(chunkedHead);
      setTimeout(() => controller.abort(), 30);
    });
    const observed = await observeStream(request(`http://127.0.0.1:${server.port}/`), {
      signal: controller.signal,
    });
    expect(observed.end).toEqual({ kind: 'by-client' });
  });
});
