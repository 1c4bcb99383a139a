// The routes of the demo over real sockets: both twins, from the side of a page or a curl.

import { createHash } from 'node:crypto';
import { EventSource } from 'eventsource';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { renderResume } from '../../bench/contract/control-events.ts';
import { hearEvents, hearMessages, post, startTestDemo } from './demo-fixture.ts';

const TEN = [
  'message number: 0',
  'message number: 1',
  'message number: 2',
  'message number: 3',
  'message number: 4',
  'message number: 5',
  'message number: 6',
  'message number: 7',
  'message number: 8',
  'message number: 9',
];

let demo: Awaited<ReturnType<typeof startTestDemo>>;
let http: string;
let httpOfWs: string;
let ws: string;
/** Closed after each test: one that is left open reconnects for ever. */
const sources: EventSource[] = [];

beforeAll(async () => {
  demo = await startTestDemo();
  http = `http://127.0.0.1:${demo.ports.sse}`;
  httpOfWs = `http://127.0.0.1:${demo.ports.ws}`;
  ws = `ws://127.0.0.1:${demo.ports.ws}`;
});

afterEach(() => {
  for (const source of sources.splice(0)) source.close();
});

afterAll(async () => await demo.close());

function listen(url: string): {
  readonly texts: string[];
  readonly source: EventSource;
  readonly countConnections: () => number;
} {
  const source = new EventSource(url);
  sources.push(source);
  const texts: string[] = [];
  source.addEventListener('message', ({ data }) => texts.push(String(data)));
  let connections = 0;
  // A stream's first event has the same name, and data.
  source.addEventListener('open', (event: Event) => (connections += 'data' in event ? 0 : 1));
  return { texts, source, countConnections: () => connections };
}

const patience = { timeout: 15_000, interval: 10 };

describe('the demo of the article', () => {
  it.each([
    ['SSE', () => hearEvents(`${http}/demo/stream?interval=60`)],
    ['naive SSE', () => hearEvents(`${http}/demo/stream?interval=60&naive=1`)],
    ['WebSocket', () => hearMessages(`${ws}/demo/stream?interval=60`)],
  ])('over %s: ten messages, each as it is sent and not all at the end', async (_name, hear) => {
    const heard = hear();
    await heard.end;
    expect(heard.texts).toEqual(TEN);
    // Sent over 540 ms; a busy machine may be late with the first, but not with all of them.
    expect(heard.arrivedMs[9]! - heard.arrivedMs[0]!).toBeGreaterThan(250);
  });

  it('is over WebSocket ten messages and a close with 1000, naive or not', async () => {
    for (const query of ['interval=20', 'interval=20&naive=1']) {
      const heard = hearMessages(`${ws}/demo/stream?${query}`);
      expect([await heard.end, heard.texts, heard.named]).toEqual([1000, TEN, []]);
    }
  });

  it('is over SSE, as the article wrote it, ten messages and nothing else', async () => {
    const response = await fetch(`${http}/demo/stream?interval=20&naive=1`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await response.text()).toBe(TEN.map((message) => `data: ${message}\n\n`).join(''));
  });

  it('is over SSE, as it should be, a first cursor, ten numbered messages and the word that it is done', async () => {
    const text = await (await fetch(`${http}/demo/stream?interval=20`)).text();
    const epoch = /^id: ([A-Za-z0-9]{4})\.0\n/.exec(text)![1]!;
    const numbered = TEN.map(
      (message, number) => `id: ${epoch}.${number + 1}\ndata: ${message}\n\n`,
    ).join('');
    const done =
      '{"s":11,"n":10,"sha256":"5713f1ee48eb3d756583ec03de8235137a3af507533023970423be7167c09a55","finish":"stop"}';
    expect(text).toBe(
      `id: ${epoch}.0\nretry: 1000\n\n${numbered}event: done\nid: ${epoch}.11\ndata: ${done}\n\n`,
    );
  });

  it('replays for ever to an EventSource that nobody closes, where it is naive', async () => {
    const { texts } = listen(`${http}/demo/stream?interval=20&naive=1`);
    await expect.poll(() => texts.length, patience).toBeGreaterThanOrEqual(20);
    expect(texts.slice(0, 20)).toEqual([...TEN, ...TEN]);
  });

  it('ends for an EventSource that nobody closes, where it is fixed: it comes back once and is sent away', async () => {
    const { texts, source, countConnections } = listen(`${http}/demo/stream?interval=20`);
    await expect.poll(() => source.readyState, patience).toBe(EventSource.CLOSED);
    expect([texts, countConnections()]).toEqual([TEN, 1]);
  });

  it('goes on without loss or repetition for an EventSource whose connection is cut', async () => {
    const { texts, source, countConnections } = listen(`${http}/demo/stream?interval=150`);
    let epoch = '';
    source.addEventListener('message', ({ lastEventId }) => (epoch = lastEventId.split('.')[0]!));
    await expect.poll(() => texts.length, patience).toBeGreaterThanOrEqual(3);
    expect(await post(`${http}/v1/streams/article-${epoch}/cut`)).toEqual({
      status: 200,
      body: { id: `article-${epoch}`, cut: 1 },
    });
    await expect.poll(() => source.readyState, patience).toBe(EventSource.CLOSED);
    expect([texts, countConnections()]).toEqual([TEN, 2]);
  });

  it('is taken up where the cursor stands, and 204 where it stands at the end', async () => {
    const whole = hearEvents(`${http}/demo/stream?interval=20`);
    await whole.end;
    const comeBack = (after: string): ReturnType<typeof hearEvents> =>
      hearEvents(`${http}/demo/stream`, { headers: { 'last-event-id': after } });
    const middle = comeBack(whole.ids[3]!);
    expect([await middle.end, middle.texts, middle.named]).toEqual([
      'whole',
      TEN.slice(4),
      ['done'],
    ]);
    for (const after of [whole.ids[9]!, whole.ids.at(-1)!, 'gone.3', 'garbage']) {
      const away = comeBack(after);
      expect([await away.end, away.status(), away.texts]).toEqual(['whole', 204, []]);
    }
  });

  it.each(['interval=19', 'interval=5001', 'interval=x', 'naive=2', 'speed=3'])(
    'is refused for ?%s',
    async (query) => {
      expect((await fetch(`${http}/demo/stream?${query}`)).status).toBe(400);
      const refused = hearMessages(`${ws}/demo/stream?${query}`);
      await refused.end;
      expect(refused.status()).toBe(400);
    },
  );
});

const chat = (body: object): [string, RequestInit] => [
  `${http}/v1/chat`,
  {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ stream: true, ...body }),
  },
];

describe('the tokens of one description', () => {
  it.each([
    { n: 60, rate: 2000, seed: 7, workload: 'jerky' },
    { n: 60, rate: 2000, seed: 7, workload: 'quick' },
    { n: 60, rate: 2000, seed: 8 },
    { workload: 'jerky' },
  ])('are the same bytes over GET, POST and WebSocket, whatever the id: %o', async (described) => {
    const query = new URLSearchParams(
      Object.entries(described).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const name = query.toString().replaceAll(/[^a-z0-9]/g, '');
    const all = [
      hearEvents(`${http}/v1/streams/get-${name}?${query.toString()}`),
      hearEvents(...chat({ id: `post-${name}`, ...described })),
      hearMessages(`${ws}/v1/ws/ws-${name}?${query.toString()}`),
    ];
    expect(await Promise.all(all.map(async ({ end }) => await end))).toEqual([
      'whole',
      'whole',
      1000,
    ]);
    const [get, byPost, byWebSocket] = all;
    expect(get!.texts).toHaveLength(described.n ?? 40);
    expect(byPost!.texts).toEqual(get!.texts);
    expect(byWebSocket!.texts).toEqual(get!.texts);
    for (const { named } of all) expect(named).toEqual(['open', 'done']);
  });

  it.each(['quick', 'jerky'])(
    'spell the text that is announced at their end, for workload %s',
    async (workload) => {
      const text = await (await fetch(...chat({ n: 30, seed: 7, workload }))).text();
      const tokens = [...text.matchAll(/^data: (\{"s":\d+,"d":.*\})$/gm)].map(
        ([, token]) => (JSON.parse(token!) as { d: string }).d,
      );
      expect(tokens).toHaveLength(30);
      expect(text).toContain(
        `"sha256":"${createHash('sha256').update(tokens.join('')).digest('hex')}"`,
      );
    },
  );

  it('are others for another seed, and for a workload of another text', async () => {
    const texts = await Promise.all(
      [{ seed: 7 }, { seed: 8 }, { seed: 7, workload: 'jerky' }].map(async (described) => {
        const heard = hearEvents(...chat({ n: 20, ...described }));
        await heard.end;
        return heard.texts.join('\n');
      }),
    );
    expect(new Set(texts).size).toBe(3);
  });
});

const SLOWLY = { n: 60, rate: 100, seed: 3 };
const SLOW_QUERY = 'n=60&rate=100&seed=3';

/** Cuts the connection once at least five tokens have come. */
async function cut(
  origin: string,
  id: string,
  heard: ReturnType<typeof hearEvents>,
): Promise<void> {
  await expect.poll(() => heard.texts.length, patience).toBeGreaterThanOrEqual(5);
  expect(await post(`${origin}/v1/streams/${id}/cut`)).toEqual({
    status: 200,
    body: { id, cut: 1 },
  });
  await heard.end;
  expect(heard.texts.length).toBeLessThan(60);
}

describe('a stream whose connection is cut', () => {
  let expected: string[];

  beforeAll(async () => {
    const whole = hearEvents(`${http}/v1/streams/undisturbed?${SLOW_QUERY}`);
    await whole.end;
    expected = whole.texts;
  });

  it('goes on over SSE from the Last-Event-ID, in the field or in the query, which the field overrules', async () => {
    for (const how of ['field', 'query', 'both'] as const) {
      const url = `${http}/v1/streams/sse-${how}?${SLOW_QUERY}`;
      const first = hearEvents(url);
      await cut(http, `sse-${how}`, first);
      expect(await first.end).toBe('cut');
      const after = first.ids.at(-1)!;
      const inQuery = {
        field: '',
        query: `&lastEventId=${after}`,
        both: `&lastEventId=${first.ids[1]!}`,
      }[how];
      const second = hearEvents(
        url + inQuery,
        how === 'query' ? {} : { headers: { 'last-event-id': after } },
      );
      expect(await second.end).toBe('whole');
      expect([...first.texts, ...second.texts]).toEqual(expected);
    }
  });

  it('has 60 tokens where nothing disturbs it', () => {
    expect(expected).toHaveLength(60);
  });

  it('goes on over SSE by itself where an EventSource receives it', async () => {
    const { texts, source, countConnections } = listen(
      `${http}/v1/streams/by-itself?${SLOW_QUERY}`,
    );
    await expect.poll(() => texts.length, patience).toBeGreaterThanOrEqual(5);
    await post(`${http}/v1/streams/by-itself/cut`);
    await expect.poll(() => source.readyState, patience).toBe(EventSource.CLOSED);
    expect([texts, countConnections()]).toEqual([expected, 2]);
  });

  it('that came as the response to a POST goes on as a GET', async () => {
    const first = hearEvents(...chat({ id: 'posted', ...SLOWLY }));
    await cut(http, 'posted', first);
    const second = hearEvents(`${http}/v1/streams/posted`, {
      headers: { 'last-event-id': first.ids.at(-1)! },
    });
    expect(await second.end).toBe('whole');
    expect([...first.texts, ...second.texts]).toEqual(expected);
  });

  it('goes on over WebSocket from the cursor of the first message', async () => {
    const url = `${ws}/v1/ws/messages?${SLOW_QUERY}`;
    const first = hearMessages(url);
    await cut(httpOfWs, 'messages', first);
    expect(await first.end).toBe(1006);
    const { s } = JSON.parse(first.texts.at(-1)!) as { s: number };
    const second = hearMessages(
      `${url}&resume=1`,
      renderResume({ epoch: first.ids[0]!, sequence: s }),
    );
    expect(await second.end).toBe(1000);
    expect([...first.texts, ...second.texts]).toEqual(expected);
  });

  it('that nobody receives cannot be cut', async () => {
    for (const origin of [http, httpOfWs])
      expect(await post(`${origin}/v1/streams/nobody/cut`)).toMatchObject({
        status: 404,
        body: { message: 'nobody receives a stream nobody' },
      });
  });

  it('is another thing than one that is cancelled: nothing of that is left', async () => {
    const first = hearMessages(`${ws}/v1/ws/cancelled?${SLOW_QUERY}`);
    await expect.poll(() => first.texts.length, patience).toBeGreaterThanOrEqual(5);
    expect((await post(`${httpOfWs}/v1/streams/cancelled/cancel`)).body).toEqual({
      id: 'cancelled',
      cancelled: true,
    });
    expect([await first.end, first.named]).toEqual([1012, ['open', 'bye']]);
    const second = hearMessages(
      `${ws}/v1/ws/cancelled?resume=1`,
      '{"type":"resume","after":"abcd.3"}',
    );
    expect(await second.end).toBe(4404);
  });
});

describe('POST /v1/chat', () => {
  it('names the stream that it began, which the client may have named', async () => {
    const [url, init] = chat({ n: 1 });
    const named = await fetch(...chat({ id: 'mine', n: 1 }));
    const unnamed = await fetch(url, init);
    const another = await fetch(url, init);
    expect(named.headers.get('x-stream-id')).toBe('mine');
    expect(unnamed.headers.get('x-stream-id')).toMatch(/^st_[A-Za-z0-9_-]{12}$/);
    expect(another.headers.get('x-stream-id')).not.toBe(unnamed.headers.get('x-stream-id'));
    for (const response of [named, unnamed, another]) {
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(await response.text()).toContain('event: done');
    }
  });

  it('with the id of a stream that runs attaches to it: one generation, and the first connection is ended', async () => {
    const begunBefore = demo.sse.streams.recovery.started;
    const first = hearEvents(...chat({ id: 'twice', ...SLOWLY }));
    await expect.poll(() => first.texts.length, patience).toBeGreaterThanOrEqual(5);
    const second = hearEvents(...chat({ id: 'twice', n: 3, seed: 99 }));
    expect([await first.end, await second.end]).toEqual(['cut', 'whole']);
    expect(second.texts).toHaveLength(60);
    expect(second.texts.slice(0, first.texts.length)).toEqual(first.texts);
    expect(demo.sse.streams.recovery.started - begunBefore).toBe(1);
  });

  it.each([
    [{ n: 0 }, 'body/n must be >= 1'],
    [{ n: 100_001 }, 'body/n must be <= 100000'],
    [{ rate: 'fast' }, 'body/rate must be number'],
    [{ seed: -1 }, 'body/seed must be >= 0'],
    [{ id: 'a/b' }, 'body/id must match pattern'],
    [{ workload: 'nothing' }, 'body/workload must be equal to one of the allowed values'],
    [{ stream: false }, 'body/stream must be equal to one of the allowed values'],
    [{ speed: 3 }, 'body must NOT have additional properties: speed'],
  ])('refuses %o and names the field', async (body, message) => {
    const response = await fetch(...chat(body));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      statusCode: 400,
      error: 'Bad Request',
      message: expect.stringContaining(message) as string,
    });
  });

  it('refuses what is no JSON object, or says not that it wants a stream', async () => {
    expect(await post(`${http}/v1/chat`, { n: 5 })).toMatchObject({
      status: 400,
      body: { message: "body must have required property 'stream'" },
    });
    for (const body of ['{"n":', '[]', '"x"']) {
      const response = await fetch(`${http}/v1/chat`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(response.status).toBe(400);
    }
  });
});

describe('a page of another origin', () => {
  it('may read whatever a twin answers, and the id of a stream', async () => {
    const asked = [
      '/demo',
      '/nowhere',
      '/healthz',
      '/demo/config.json',
      '/favicon.ico',
      '/v1/streams/cross?n=1',
      '/demo/stream?interval=20',
    ];
    for (const url of [
      ...asked.map((path) => http + path),
      `${httpOfWs}/demo`,
      `${httpOfWs}/v1/ws/plain?n=1`,
    ]) {
      const response = await fetch(url);
      expect([url, response.headers.get('access-control-allow-origin')]).toEqual([url, '*']);
      expect(response.headers.get('access-control-expose-headers')).toBe('x-stream-id');
      await response.text();
    }
  });

  it.each(['/v1/chat', '/v1/streams/one/cut', '/v1/streams/one/cancel', '/v1/streams/one?n=5'])(
    'may ask before %s',
    async (path) => {
      for (const origin of [http, httpOfWs]) {
        const response = await fetch(origin + path, {
          method: 'OPTIONS',
          headers: {
            origin: 'http://elsewhere',
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type',
          },
        });
        expect(response.status).toBe(204);
        expect(response.headers.get('access-control-allow-origin')).toBe('*');
        expect(response.headers.get('access-control-allow-methods')).toContain('POST');
        expect(response.headers.get('access-control-allow-headers')).toBe(
          'content-type, last-event-id',
        );
      }
    },
  );
});

it('both twins say where both are, as seen by who asks', async () => {
  const config = {
    sse: http,
    ws,
    workloads: ['quick', 'jerky'],
    payload: 'lean',
    limits: { n: 100_000, rate: 10_000 },
  };
  for (const origin of [http, httpOfWs])
    expect(await (await fetch(`${origin}/demo/config.json`)).json()).toEqual(config);
  const other = await (await fetch(`http://localhost:${demo.ports.sse}/demo/config.json`)).json();
  expect(other).toMatchObject({
    sse: `http://localhost:${demo.ports.sse}`,
    ws: `ws://localhost:${demo.ports.ws}`,
  });
});

it('a server that goes says goodbye to its open streams', async () => {
  await using going = await startTestDemo();
  const events = hearEvents(`http://127.0.0.1:${going.ports.sse}/v1/streams/open?n=1000&rate=10`);
  const messages = hearMessages(`ws://127.0.0.1:${going.ports.ws}/demo/stream?interval=5000`);
  await expect.poll(() => [events.named.length, messages.texts.length], patience).toEqual([1, 1]);
  await going.close();
  expect([await events.end, events.named]).toEqual(['whole', ['open', 'bye']]);
  expect(await messages.end).toBe(1012);
});
