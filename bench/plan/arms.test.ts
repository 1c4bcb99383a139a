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
  ['sse+corked', '--transports sse+corked: expected sse or sse+at-once'],
  ['ws+at-once', '--transports ws+at-once: expected ws or ws+corked'],
  ['tcp+corked', '--transports tcp+corked: expected tcp without a suffix'],
  ['sse+at-once,sse+at-once', 'sse+at-once is there twice'],
])('%s is refused', (transports, message) => {
  expect(() => planArms({ transports }, place)).toThrow(message);
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
