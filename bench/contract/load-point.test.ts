import { expect, it } from 'vitest';
import { isNamed, loadPointKey, loadPointSchema, loadPointTitle } from './load-point.ts';

it('a load point without a word on it has one stream a connection, as in all runs so far', () => {
  const point = loadPointSchema.parse({ connections: 100 });
  expect([loadPointKey(point), loadPointTitle(point), isNamed(point)]).toEqual([
    '100',
    '100 connections',
    false,
  ]);
  expect(loadPointTitle({ connections: 1 })).toBe('1 connection');
});

it('where arms share connections in different ways only streams are counted, and runs stay comparable', () => {
  const point = loadPointSchema.parse({ connections: 100, isOfStreams: true });
  expect([loadPointKey(point), loadPointTitle(point), isNamed(point)]).toEqual([
    '100',
    '100 streams',
    false,
  ]);
  expect(loadPointTitle({ connections: 1, isOfStreams: true })).toBe('1 stream');
});
