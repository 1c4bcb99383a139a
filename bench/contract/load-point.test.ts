import { expect, it } from 'vitest';
import {
  connectionsOf,
  isNamed,
  loadPointKey,
  loadPointSchema,
  loadPointTitle,
  streamsOf,
} from './load-point.ts';

it('a load point without a word on it has one stream a connection, as in all runs so far', () => {
  const point = loadPointSchema.parse({ connections: 100 });
  expect([streamsOf(point), connectionsOf(point)]).toEqual([100, 100]);
  expect([loadPointKey(point), loadPointTitle(point), isNamed(point)]).toEqual([
    '100',
    '100 connections',
    false,
  ]);
});

it('streams that share connections need fewer of them, and the last one may have room', () => {
  const point = loadPointSchema.parse({ connections: 101, streamsPerConnection: 10 });
  expect([streamsOf(point), connectionsOf(point)]).toEqual([101, 11]);
  expect(loadPointTitle(point)).toBe('101 streams on 11 connections');
  expect(loadPointTitle({ connections: 10, streamsPerConnection: 10 })).toBe(
    '10 streams on 1 connection',
  );
});

it('sharing tells load points apart', () => {
  expect(loadPointKey({ connections: 100, streamsPerConnection: 10 })).toBe(
    '100 per-connection=10',
  );
  expect(isNamed({ connections: 100, streamsPerConnection: 10 })).toBe(true);
});
