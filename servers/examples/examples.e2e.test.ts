// Each example server as its target file starts it: the same tokens from every stack, in both
// dialects, received whole, and the bytes that each stack makes of them.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isUntested } from '../../bench/missing-fixture.ts';
import {
  exampleNames,
  startExample,
  whyNotBuilt,
  type ExampleName,
  type RunningExample,
} from './example-fixture.ts';
import {
  judge,
  leaveEarly,
  parseEvents,
  readRawStream,
  ResponsesSocket,
  type RawStream,
} from './wire-fixture.ts';

interface Framing {
  readonly beforeData: string;
  readonly lineEnd: string;
  /** Writes that reach the socket apart. */
  readonly chunksPerEvent: number;
}

const framings: Readonly<Record<ExampleName, Framing>> = {
  spring: { beforeData: 'data:', lineEnd: '\n', chunksPerEvent: 3 },
  fastapi: { beforeData: 'data: ', lineEnd: '\r\n', chunksPerEvent: 1 },
  go: { beforeData: 'data: ', lineEnd: '\n', chunksPerEvent: 1 },
  node: { beforeData: 'data: ', lineEnd: '\n', chunksPerEvent: 1 },
};

const TOKENS = 200;
const query = `n=${TOKENS}&rate=400&seed=7`;
const whole = { reached: 3, checkable: 3, isWhole: true, failures: [] };
const create = JSON.stringify({ type: 'response.create', model: 'words', input: 'words, please' });

const chatOf = async ({ port }: RunningExample, asked = query): Promise<RawStream> =>
  await readRawStream({ port, method: 'POST', path: `/v1/chat/completions?${asked}` });

/** Node's example sends this, the one that runs wherever this test does. */
const reference = { chat: [] as readonly string[], response: [] as readonly string[] };

beforeAll(async () => {
  await using node = await startExample('node');
  reference.chat = parseEvents((await chatOf(node)).body).map(({ data }) => data);
  await using socket = await ResponsesSocket.open(node.port, query);
  socket.send(create);
  reference.response = (await socket.readResponse()).map(({ data }) => data);
});

for (const name of exampleNames)
  describe.skipIf(isUntested(`streams of the example ${name}`, whyNotBuilt(name)))(
    `the example ${name}`,
    () => {
      const { beforeData, lineEnd, chunksPerEvent } = framings[name];
      const articlePaths = name === 'spring' ? ['/stream'] : [];
      let server: RunningExample;

      beforeAll(async () => {
        server = await startExample(name);
      });
      afterAll(async () => await server?.[Symbol.asyncDispose]());

      it('an event stream is whole, and its text is the one that the seed determines', async () => {
        const { head, body } = await chatOf(server, 'n=12&rate=400&seed=7');
        expect(head).toMatch(/^http\/1\.1 200 [^]*\r\ncontent-type: text\/event-stream/);
        expect(judge('openai-chat', parseEvents(body), 'in-order')).toMatchObject({
          text: TEXT,
          outputTokens: 12,
          completeness: whole,
        });
      });

      it('a response over WebSocket is whole, with the same text', async () => {
        await using socket = await ResponsesSocket.open(server.port, 'n=12&rate=400&seed=7');
        socket.send(create);
        expect(judge('responses', await socket.readResponse(), 'by-client')).toMatchObject({
          text: TEXT,
          outputTokens: 12,
          completeness: whole,
        });
      });

      it('its events are those of the other stacks, byte for byte', async () => {
        const events = parseEvents((await chatOf(server)).body);
        expect(events.map(({ data }) => data)).toEqual(reference.chat);
        await using socket = await ResponsesSocket.open(server.port, query);
        socket.send(create);
        const messages = await socket.readResponse();
        expect(messages.map(({ data }) => data)).toEqual(reference.response);
      });

      it('its event stream has nothing but these events, framed and written as its stack does', async () => {
        const { body, chunks } = await chatOf(server);
        const framed = reference.chat.map((data) => `${beforeData}${data}${lineEnd}${lineEnd}`);
        expect(body).toBe(framed.join(''));
        expect(chunks).toHaveLength(framed.length * chunksPerEvent);
      });

      it('tokens are due at a fixed pace from the start: none comes before it is due', async () => {
        const startMs = performance.now();
        await chatOf(server, 'n=11&rate=50');
        expect(performance.now() - startMs).toBeGreaterThanOrEqual(200);
      });

      it('one socket carries one response after the other, and an error for what is no request', async () => {
        await using socket = await ResponsesSocket.open(server.port, 'n=3&rate=400&seed=2');
        for (const wrong of ['{"type":"session.update"}', 'no JSON']) {
          socket.send(wrong);
          expect(JSON.parse(await socket.next())).toEqual({
            type: 'error',
            status: 400,
            error: {
              code: 'invalid_request_error',
              message: 'expected a message of type response.create',
            },
          });
        }
        const responses: string[] = [];
        for (let time = 0; time < 2; time++) {
          socket.send(create);
          const { text, completeness } = judge(
            'responses',
            await socket.readResponse(),
            'by-client',
          );
          expect(completeness).toMatchObject(whole);
          responses.push(text);
        }
        expect(responses[1]).toBe(responses[0]);
      });

      it('what it cannot carry out it refuses before the stream', async () => {
        const base = `http://127.0.0.1:${server.port}/v1/chat/completions`;
        const post = async (asked: string, body: object): Promise<number> => {
          const response = await fetch(`${base}?${asked}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          });
          await response.body?.cancel();
          return response.status;
        };
        const refused = [
          await post('n=0', { stream: true }),
          await post('rate=none', { stream: true }),
          await post('seed=1.5', { stream: true }),
          await post('n=1', { stream: false }),
          await post('n=1', {}),
        ];
        for (const status of refused) expect([400, 422]).toContain(status);
        await expect(ResponsesSocket.open(server.port, 'n=0')).rejects.toThrow(/40[03]/);
      });

      it('a client that leaves in the middle takes no other stream with it', async () => {
        const path = '/v1/chat/completions?n=1000&rate=100';
        const [{ body }] = await Promise.all([
          chatOf(server),
          leaveEarly({ port: server.port, method: 'POST', path }),
        ]);
        expect(judge('openai-chat', parseEvents(body), 'in-order').completeness).toMatchObject(
          whole,
        );
        expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200);
      });

      it.each(articlePaths)(
        'the article’s demo, GET %s: ten messages; and its page',
        async (path) => {
          const { body, head } = await readRawStream({ port: server.port, method: 'GET', path });
          expect(head).toMatch(/\r\ncontent-type: text\/event-stream/);
          const messages = Array.from({ length: 10 }, (_, index) => `data:消息编号: ${index}\n\n`);
          expect(body).toBe(messages.join(''));
          const page = await (await fetch(`http://127.0.0.1:${server.port}/`)).text();
          expect(page).toContain('<title>实时消息</title>');
          expect(page).toContain(`new EventSource('${path}')`);
        },
      );
    },
  );

/** Twelve tokens of seed 7, joined. */
const TEXT = 'without morning light forest end early 光 deep this summer 🌲 between';
