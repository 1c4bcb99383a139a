// Every receiver against the standard: its events for each vector, whole and byte by byte, over
// real HTTP.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { isUntested, whyNoBrowser } from '../../bench/missing-fixture.ts';
import { startChromium, type ChromiumReceiver } from './chromium.ts';
import { askedMs, measureDelays } from './delays.ts';
import { dialectStreams } from './dialect-streams.ts';
import { npmEventSource, undiciEventSource } from './event-sources.ts';
import { judge, judgeAlone, type Judgement } from './judge.ts';
import { framer, minimal, parser, probe } from './readers.ts';
import type { ReceiverId } from './receiver.ts';
import { startVectorServer, type VectorServer } from './vector-server.ts';

/** Vectors in which a receiver differs from the standard, in the installed versions. */
const differing: Record<ReceiverId, string[]> = {
  chromium: ['retry-beyond-64-bits', 'retry-empty', 'retry-without-colon'],
  undici: ['event-empty', 'event-without-colon', 'retry-unfinished-event'],
  eventsource: ['double-bom', 'mistaken-bom', 'retry-long', 'retry-beyond-64-bits'],
  parser: ['mistaken-bom'],
  probe: [],
  framer: [],
  minimal: [],
};

function differingOf(
  judgements: readonly Judgement[],
  delivery: 'whole' | 'byte by byte',
): string[] {
  return judgements
    .filter((judgement) => judgement.delivery === delivery && judgement.differences.length > 0)
    .map(({ vector }) => vector.name);
}

/** Several times the duration on an idle machine. */
const TIMEOUT_MS = 300_000;

const newsOf = (judgements: readonly Judgement[]): string[] =>
  judgements.flatMap(({ news }) => news ?? []);

it.each([undiciEventSource, npmEventSource, parser, probe, framer, minimal])(
  '$id hears what the standard says, but for what is known of it',
  async (receiver) => {
    const judgements = await judgeAlone(receiver);
    expect(newsOf(judgements)).toEqual([]);
    expect(differingOf(judgements, 'whole')).toEqual(differing[receiver.id]);
    expect(differingOf(judgements, 'byte by byte')).toEqual(differing[receiver.id]);
  },
  TIMEOUT_MS,
);

it.each([undiciEventSource, npmEventSource, parser, probe, framer, minimal])(
  '$id hears every event of the streams of APIs',
  async (receiver) => {
    const judgements = await judgeAlone(receiver, dialectStreams);
    expect(judgements).toHaveLength(2 * dialectStreams.length);
    expect(newsOf(judgements)).toEqual([]);
    expect(differingOf(judgements, 'whole')).toEqual([]);
    expect(differingOf(judgements, 'byte by byte')).toEqual([]);
  },
  TIMEOUT_MS,
);

const noBrowser = isUntested('EventSources of a page', whyNoBrowser());
let server: VectorServer;
let chromium: ChromiumReceiver | undefined;

beforeAll(async () => {
  server = await startVectorServer();
  if (!noBrowser) chromium = await startChromium(`http://127.0.0.1:${server.port}/`);
});

// Also runs after a test that timed out.
afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

it.skipIf(noBrowser)(
  'chromium hears what the standard says, but for what is known of it',
  async () => {
    const judgements = await judge(chromium!, server);
    expect(newsOf(judgements)).toEqual([]);
    expect(differingOf(judgements, 'whole')).toEqual(differing.chromium);
    expect(differingOf(judgements, 'byte by byte')).toEqual(differing.chromium);
  },
  TIMEOUT_MS,
);

it.skipIf(noBrowser)(
  'chromium hears every event of the streams of APIs',
  async () => {
    const judgements = await judge(chromium!, server, dialectStreams);
    expect(newsOf(judgements)).toEqual([]);
    expect(differingOf(judgements, 'whole')).toEqual([]);
  },
  TIMEOUT_MS,
);

it.skipIf(noBrowser)(
  'chromium comes back each time, and never before the time that was asked for',
  async () => {
    const delays = await measureDelays(chromium!, server);
    expect(delays.map(({ retryMs, waitsMs }) => [retryMs, waitsMs.length])).toEqual(
      askedMs.map((asked) => [asked, 7]),
    );
    // Chromium's timers may round by a few milliseconds.
    for (const { retryMs = 1000, waitsMs } of delays)
      expect(waitsMs[0]).toBeGreaterThan(retryMs - 20);
  },
  120_000,
);
