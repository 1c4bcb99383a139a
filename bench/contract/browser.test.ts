import { expect, it } from 'vitest';
import { canSpeak, type ClientStack } from './arms/stacks.ts';
import { transportIds } from './arms/transports.ts';
import { originUncertaintyNs } from './browser.ts';

const bound = (lowNs: number, highNs: number) => ({ exchanges: 400, lowNs, highNs });

it('the uncertainty of a page’s origin is the farthest point that both of its bounds allow', () => {
  expect(originUncertaintyNs({ before: bound(-300, 300), after: bound(-500, 200) })).toBe(300);
  expect(originUncertaintyNs({ before: bound(-300, 300), after: bound(-100, 600) })).toBe(300);
  expect(originUncertaintyNs({ before: bound(-300, 300), after: bound(-100, 50) })).toBe(100);
});

it('bounds that exclude each other, of a clock that was moved, make it the farthest point of either', () => {
  expect(originUncertaintyNs({ before: bound(-300, 300), after: bound(1000, 1400) })).toBe(1400);
});

it.each<[ClientStack, readonly string[]]>([
  ['probe', transportIds],
  ['library', transportIds],
  ['eventsource', ['sse']],
  ['undici-eventsource', ['sse']],
  ['browser', ['sse', 'ws', 'ws-binary', 'ws-deflate', 'ws-deflate-no-takeover', 'sse-h2']],
  ['browser-fetch', ['sse', 'sse-post', 'ndjson', 'sse-gzip', 'sse-h2']],
  ['autocannon', ['sse']],
])('%s speaks %j', (client, spoken) => {
  expect(transportIds.filter((transport) => canSpeak(client, transport))).toEqual(spoken);
});
