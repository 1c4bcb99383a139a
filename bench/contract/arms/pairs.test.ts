import { expect, it } from 'vitest';
import { armName, type Arm } from './arms.ts';
import { chunkPairs, fairPairOf, fairPairs, findFairPairs } from './pairs.ts';
import { transportIds, transports, type TransportId } from './transports.ts';

const arm = (transport: TransportId, own: Partial<Arm> = {}): Arm => ({
  transport,
  client: 'probe',
  path: 'direct',
  ...own,
});

const namesOf = (arms: readonly Arm[]): string[] =>
  findFairPairs(arms).map(({ baseline, other }) => `${armName(other)} / ${armName(baseline)}`);

it('every transport but the null arm is in a pair, each pair is there once and in one direction', () => {
  const paired = new Set(fairPairs.flatMap(({ baseline, other }) => [baseline, other]));
  expect(transportIds.filter((id) => !paired.has(id))).toEqual(
    transportIds.filter((id) => transports[id].isNullArm),
  );
  const keys = fairPairs.map(({ baseline, other }) => [baseline, other].toSorted().join(' '));
  expect(new Set(keys).size).toBe(fairPairs.length);
});

it('the pairs of a run are those of its arms, in the order of the declaration, whatever the order of the arms', () => {
  expect(namesOf([arm('ndjson'), arm('ws'), arm('sse-post'), arm('sse')])).toEqual([
    'ws / sse',
    'ws / sse-post',
    'sse-post / sse',
    'ndjson / sse-post',
  ]);
  expect(namesOf([arm('sse'), arm('tcp')])).toEqual([]);
});

it('two client stacks make two pairs, and none between them', () => {
  expect(
    namesOf([
      arm('sse'),
      arm('ws'),
      arm('sse', { client: 'library' }),
      arm('ws', { client: 'library' }),
    ]),
  ).toEqual(['ws / sse', 'ws/library / sse/library']);
});

it('streams that share connections are held against those of as many on each, and against those that have one each', () => {
  const shared = (transport: TransportId, streamsPerConnection: number): Arm =>
    arm(transport, { streamsPerConnection });
  expect(
    namesOf([
      arm('sse'),
      shared('sse-h2', 6),
      shared('sse-h2', 100),
      shared('ws-mux', 100),
      shared('ws-mux', 1),
    ]),
  ).toEqual(['sse-h2:6 / sse', 'sse-h2:100 / sse', 'ws-mux:100 / sse-h2:100']);
});

it.each([
  ['another client stack', { client: 'library' }],
  ['another path', { path: 'relay' }],
  ['another write mode', { writes: 'corked' }],
  ['a label', { label: 'copy' }],
] as const)('an arm with %s is in no pair with one that has none', (_what, own) => {
  expect(fairPairOf({ baseline: arm('sse'), other: arm('ws', own) })).toBeUndefined();
  expect(fairPairOf({ baseline: arm('sse'), other: arm('ws') })?.isolates).toContain('WebSocket');
});

it('with TLS in some arms, those with it are held against each other, and each against itself without', () => {
  expect(
    namesOf([arm('sse'), arm('ws'), arm('sse', { tls: true }), arm('ws', { tls: true })]),
  ).toEqual(['ws / sse', 'ws+tls / sse+tls', 'sse+tls / sse', 'ws+tls / ws']);
});

it('no two transports are a pair by chance: the reverse of a pair is none', () => {
  expect(fairPairOf({ baseline: arm('ws'), other: arm('sse') })).toBeUndefined();
});

it('with tokens that are bytes, binary messages are held against base64 over SSE and over WebSocket', () => {
  const arms = [arm('sse'), arm('ws'), arm('ndjson'), arm('ws-binary')];
  const named = findFairPairs(arms, 'audio').map(
    ({ baseline, other }) => `${armName(other)} / ${armName(baseline)}`,
  );
  expect(named).toEqual(['ws-binary / sse', 'ws-binary / ws', 'ws / sse']);
  expect(namesOf(arms)).toEqual(['ws / sse', 'ws-binary / ws']);
  const pair = { baseline: arm('ws'), other: arm('ws-binary') };
  expect(fairPairOf(pair, 'audio')?.isolates).toBe(chunkPairs[1]!.isolates);
  expect(fairPairOf(pair, 'lean')?.isolates).toContain('over text messages');
});
