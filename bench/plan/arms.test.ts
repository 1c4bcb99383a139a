import { expect, it } from 'vitest';
import { armName, armTitle } from '../contract/arms/arms.ts';
import { planArms } from './arms.ts';
import { buildPlan } from './build-plan.ts';
import { repeatCommand } from '../flags/repeat.ts';

const place = { scenario: 'stream', usual: ['sse', 'ws'], needs: [], takers: () => [] } as const;

it('a suffix says that an arm is not written as its library does by itself', () => {
  const arms = planArms({ transports: 'sse,sse+at-once,ws/library,ws+corked/library' }, place);
  expect(arms.map(armName)).toEqual(['sse', 'sse+at-once', 'ws/library', 'ws+corked/library']);
  expect(arms.map(armTitle)).toEqual([
    'SSE',
    'SSE (written at once)',
    'WebSocket (library client)',
    'WebSocket (corked, library client)',
  ]);
  expect(arms[1]).toEqual({ transport: 'sse', writes: 'at-once', client: 'probe', path: 'direct' });
});

it.each([
  [
    'sse+corked',
    '--transports sse+corked: expected sse or sse+at-once, and +tls at the end for TLS',
  ],
  ['ws+at-once', '--transports ws+at-once: expected ws or ws+corked'],
  ['tcp+corked', '--transports tcp+corked: expected tcp, and +tls at the end for TLS'],
  ['sse+at-once,sse+at-once', 'sse+at-once is there twice'],
])('%s is refused', (transports, message) => {
  expect(() => planArms({ transports }, place)).toThrow(message);
});

it('a number says how many streams share a connection, and a suffix that it is over TLS', () => {
  const transports = 'sse,sse+tls,sse-h2:6,sse-h2:100+tls,ws+corked+tls';
  const arms = planArms({ transports }, place);
  expect(arms.map(armName)).toEqual(transports.split(','));
  expect(arms.map(armTitle)).toEqual([
    'SSE',
    'SSE (TLS)',
    'SSE over HTTP/2 (up to 6 a connection)',
    'SSE over HTTP/2 (up to 100 a connection, TLS)',
    'WebSocket (corked, TLS)',
  ]);
  const all = planArms({ transports: 'sse,ws-mux:2', tls: true }, place);
  expect(all.map(armName)).toEqual(['sse+tls', 'ws-mux:2+tls']);
  const libraries = planArms({ transports: 'sse-h2:6+tls/library,ws-mux:6/library' }, place);
  expect(libraries.map(armName)).toEqual(['sse-h2:6+tls/library', 'ws-mux:6/library']);
});

it.each([
  [
    { transports: 'sse-h2' },
    '--transports sse-h2: expected sse-h2:K, K streams on each connection',
  ],
  [{ transports: 'sse:6' }, '--transports sse:6: expected sse alone'],
  [{ transports: 'sse-h2:0' }, '--transports sse-h2:0: expected sse-h2:K with K from 1 to 1000'],
  [{ transports: 'sse+tls+tls' }, 'and +tls at the end'],
  [
    { transports: 'ndjson/eventsource' },
    '--client eventsource: expected a stack that speaks ndjson',
  ],
  [
    { transports: 'sse/eventsource', tls: true },
    '--client eventsource: expected probe, library, browser or browser-fetch',
  ],
])('%j is refused: %s', (flags, message) => {
  expect(() => planArms(flags, place)).toThrow(message);
});

it('a browser decides itself which streams share a connection, and speaks HTTP/2 over TLS only', () => {
  const transports = 'sse,sse-h2,sse-h2/browser-fetch,sse-h2:6,ws+tls';
  const arms = planArms({ transports, client: 'browser' }, place);
  expect(arms.map(armName)).toEqual([
    'sse/browser',
    'sse-h2+tls/browser',
    'sse-h2+tls/browser-fetch',
    'sse-h2:6+tls/browser',
    'ws+tls/browser',
  ]);
  expect(arms.map(armTitle)).toEqual([
    'SSE (browser client)',
    'SSE over HTTP/2 (as many a connection as the browser chooses, TLS, browser client)',
    'SSE over HTTP/2 (as many a connection as the browser chooses, TLS, browser-fetch client)',
    'SSE over HTTP/2 (server allows 6 a connection, TLS, browser client)',
    'WebSocket (TLS, browser client)',
  ]);
  expect(planArms({ transports: 'sse-h2+tls', client: 'browser' }, place)).toEqual([arms[1]]);
});

it('the copy of such an arm is written as it is', () => {
  const arms = planArms({ transports: 'sse+at-once', aa: true }, place);
  expect(arms.map(armName)).toEqual(['sse+at-once', 'sse+at-once+copy']);
  expect(arms[1]!.writes).toBe('at-once');
});

it('the command that repeats a run names them', async () => {
  const surroundings = { randomSeed: () => 7, canPin: false };
  const { plan } = await buildPlan([], { transports: 'sse,sse+at-once,ws+corked' }, surroundings);
  expect(repeatCommand(plan, {})).toContain(
    '--transports sse,sse+at-once,ws+corked --client probe',
  );
});
