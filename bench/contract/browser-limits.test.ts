import { expect, it } from 'vitest';
import {
  countStreams,
  streamsAsked,
  type BrowserLimitsPlan,
  type PageStream,
} from './browser-limits.ts';

const plan: BrowserLimitsPlan = {
  mostEventSources: 10,
  eventSourcesPerTab: 4,
  patienceNs: { sse: 1, ws: 1, request: 1 },
};

it.each([
  ['ws', 300, { inOneTab: 300, inEachTab: 300 }],
  ['sse', 300, { inOneTab: 10, inEachTab: 4 }],
  ['sse', 8, { inOneTab: 8, inEachTab: 4 }],
  ['sse', 3, { inOneTab: 3, inEachTab: 2 }],
] as const)('over %s, of %i connections %j are asked for', (transport, connections, asked) => {
  expect(streamsAsked(plan, { transport, connections })).toEqual(asked);
});

it('streams are counted by what became of them, and the last opening counts from the first request', () => {
  const streams: PageStream[] = [
    { state: 'opened', askedNs: 0, tookNs: 9e6 },
    { state: 'opened', askedNs: 5e6, tookNs: 2e6 },
    { state: 'failed', askedNs: 6e6, tookNs: 50e6, how: 'close code 1006' },
    { state: 'failed', askedNs: 6e6, tookNs: 1e6, how: 'close code 1006' },
    { state: 'waiting', askedNs: 7e6 },
  ];
  expect(countStreams(streams)).toEqual({
    asked: 5,
    opened: 2,
    waiting: 1,
    failures: [{ how: 'close code 1006', count: 2 }],
    spanNs: 9e6,
  });
});

it('where none opened there is no time until the last was open, not one of 0', () => {
  expect(countStreams([{ state: 'waiting', askedNs: 0 }])).toEqual({
    asked: 1,
    opened: 0,
    waiting: 1,
    failures: [],
  });
});
