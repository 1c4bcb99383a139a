import { describe, expect, it } from 'vitest';
import { judge, judgeAlone } from './judge.ts';
import { knownDivergences } from './known-divergences.ts';
import type { Received, Receiver, ReceiverId } from './receiver.ts';
import { startVectorServer } from './vector-server.ts';
import type { Vector } from './vector.ts';
import { vectors } from './vectors.ts';

/**
 * Vectors in the order in which they are offered: those that request a time come last, each in both
 * deliveries.
 */
const offered = [
  ...vectors.filter(({ retryMs }) => retryMs === undefined),
  ...vectors.filter(({ retryMs }) => retryMs !== undefined),
];

/** Fake receiver that knows the server's streams without a request. */
function knowing(id: ReceiverId, hear: (vector: Vector) => Received): Receiver {
  return {
    id,
    version: '1',
    receive: ({ url }) =>
      Promise.resolve(hear(offered[Math.floor(Number(url.split('/').at(-1)) / 2)]!)),
  };
}

const hearAsWritten = ({ events, lastEventId = '', retryMs }: Vector): Received => ({
  events,
  state: { lastEventId, retryMs },
});

async function newsOf(receiver: Receiver): Promise<string[]> {
  return (await judgeAlone(receiver)).flatMap(({ news }) => news ?? []);
}

describe('the vectors', () => {
  it('have names of their own', () => {
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    expect(vectors.length).toBeGreaterThanOrEqual(44);
  });

  it('are all that known divergences speak of, each at most once for a receiver', () => {
    const names = new Set(vectors.map(({ name }) => name));
    const places = knownDivergences.flatMap((known) =>
      known.vectors.map((name) => `${known.receiver} ${name}`),
    );
    expect(
      knownDivergences.flatMap((known) => known.vectors).filter((name) => !names.has(name)),
    ).toEqual([]);
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('what is news of a receiver', () => {
  it('is nothing where it hears what the standard says', async () => {
    expect(await newsOf(knowing('probe', hearAsWritten))).toEqual([]);
  });

  it('is what it no longer hears, in both deliveries', async () => {
    const news = await newsOf(
      knowing('probe', (vector) =>
        vector.name === 'lf'
          ? { events: [], state: { lastEventId: '', retryMs: undefined } }
          : hearAsWritten(vector),
      ),
    );
    const said =
      'no event, where message "a", message "b" was expected; change clients/conformance/known-divergences.ts, or mend it';
    expect(news).toEqual([`probe 1, lf, whole: ${said}`, `probe 1, lf, byte by byte: ${said}`]);
  });

  it('is another id or another reconnection time', async () => {
    const news = await newsOf(
      knowing('probe', (vector) =>
        vector.name === 'id-only'
          ? { events: [], state: { lastEventId: '8', retryMs: 200 } }
          : hearAsWritten(vector),
      ),
    );
    expect(news[0]).toBe(
      'probe 1, id-only, whole: back after 0.2 s; Last-Event-ID "8", where back after 3 s; Last-Event-ID "7" was expected; ' +
        'change clients/conformance/known-divergences.ts, or mend it',
    );
  });

  it.each([
    ['always', 2, 1],
    ['only among the others', 1, 0],
  ])('is one that is late %s: it is asked a second time alone', async (_when, lateTimes, news) => {
    const late = vectors.find(({ name }) => name === 'retry')!;
    let asked = 0;
    const receiver: Receiver = {
      ...knowing('probe', hearAsWritten),
      receive: ({ url }) => {
        const place = Number(url.split('/').at(-1));
        const vector = offered[Math.floor(place / 2)] ?? late;
        // Only the first delivery is late.
        const isLate = vector === late && place % 2 === 0 && asked++ < lateTimes;
        return Promise.resolve(hearAsWritten(isLate ? { ...vector, retryMs: 3000 } : vector));
      },
    };
    const said = await newsOf(receiver);
    expect(said).toHaveLength(news);
    expect(
      said.every((line) =>
        line.startsWith(
          'probe 1, retry, whole: back after 3 s, where back after 0.2 s was expected',
        ),
      ),
    ).toBe(true);
  });

  it('is a known divergence that is mended', async () => {
    const news = await newsOf(knowing('parser', hearAsWritten));
    expect(news).toEqual([
      'eventsource-parser 1, mistaken-bom, whole: mended, it is as the standard says now; change clients/conformance/known-divergences.ts',
      'eventsource-parser 1, mistaken-bom, byte by byte: mended, it is as the standard says now; change clients/conformance/known-divergences.ts',
    ]);
  });
});

it('a stream is served byte by byte to the same end', async () => {
  await using server = await startVectorServer();
  const bytes = Buffer.from('data: é🦀\n\n');
  const read = async (delivery: 'whole' | 'byte by byte'): Promise<Buffer[]> => {
    const response = await fetch(
      `http://127.0.0.1:${server.port}${server.offer(bytes, delivery).path}`,
    );
    const chunks: Buffer[] = [];
    for await (const chunk of response.body as AsyncIterable<Uint8Array>)
      chunks.push(Buffer.from(chunk));
    return chunks;
  };
  const whole = await read('whole');
  const byByte = await read('byte by byte');
  expect(whole).toEqual([bytes]);
  expect(Buffer.concat(byByte)).toEqual(bytes);
  expect(byByte.length).toBeGreaterThan(1);
});

it('who comes back is told to stop, and its Last-Event-ID is noted as UTF-8', async () => {
  await using server = await startVectorServer();
  const offer = server.offer(Buffer.from('data: a\n\n'), 'whole');
  const url = `http://127.0.0.1:${server.port}${offer.path}`;
  await (await fetch(url)).text();
  expect(offer.comeBack()).toBeUndefined();
  const { status } = await fetch(url, {
    headers: { 'last-event-id': Buffer.from('é日').toString('latin1') },
  });
  expect(status).toBe(204);
  expect(offer.comeBack()?.lastEventId).toBe('é日');
});

it('all vectors are offered in both deliveries', async () => {
  await using server = await startVectorServer();
  const judgements = await judge(knowing('probe', hearAsWritten), server);
  expect(judgements).toHaveLength(2 * vectors.length);
});
