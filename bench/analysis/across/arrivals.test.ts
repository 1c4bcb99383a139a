import { expect, test } from 'vitest';
import type { ArrivalsPlan } from '../../contract/arrivals.ts';
import type { SavedRun } from '../../contract/run-file.ts';
import { independentRun } from './across-fixture.ts';
import { refuseUnlike } from './comparability.ts';

const trace: ArrivalsPlan = {
  kind: 'trace',
  given: 'chat.csv',
  file: 'chat.csv',
  sha256: 'aa',
  format: 'azure',
  speed: 1,
  rows: 3,
  spanNs: 2,
  sameTimeRows: 0,
  inputTokens: { median: 1, most: 1 },
  startNs: [0, 1, 2],
  tokens: [1, 1, 1],
  most: { streams: 3, tokens: 3, connections: 3 },
};

const runWith = (arrivals: ArrivalsPlan | undefined, folder: string): SavedRun =>
  independentRun({
    folder,
    header: (header) => ({
      ...header,
      plan: { ...header.plan, ...(arrivals !== undefined && { arrivals }) },
    }),
  });

test('runs of one trace are compared, wherever the file was, however many streams its seed made', () => {
  const moved = { ...trace, given: 'b/chat.csv', most: { streams: 3, tokens: 3, connections: 2 } };
  expect(() => refuseUnlike(runWith(trace, 'a'), runWith(moved, 'b'))).not.toThrow();
});

test.each([
  ['another trace', { ...trace, sha256: 'bb' }, 'arrivals.trace is aa in the old run and bb in'],
  ['another speed', { ...trace, speed: 2 }, 'arrivals.speed is 1 in the old run and 2 in'],
  ['a steady population', undefined, 'arrivals'],
])('runs of a trace and of %s are not', (_, arrivals, message) => {
  expect(() => refuseUnlike(runWith(trace, 'a'), runWith(arrivals, 'b'))).toThrow(message);
});
