import { expect, it } from 'vitest';
import {
  parseCount,
  parseDuration,
  parseList,
  parsePositive,
  parseSize,
  pickName,
} from './quantities.ts';

it.each([
  ['250ms', 250e6],
  ['10s', 10e9],
  ['1.5s', 1.5e9],
  ['2m', 120e9],
  ['30 us', 30e3],
  ['30µs', 30e3],
])('%s is %d ns', (text, ns) => expect(parseDuration('--duration', text)).toBe(ns));

it.each(['10', 's', '', '-1s', '1e3s', '10 parsecs', 'NaNs'])(
  '"%s" is no duration, and the error names flag and value',
  (text) => {
    expect(() => parseDuration('--duration', text)).toThrow(
      `--duration ${text}: expected a duration with its unit`,
    );
  },
);

it.each([
  ['64KiB', 65_536],
  ['1MiB', 1_048_576],
  ['500b', 500],
  ['2kb', 2000],
])('%s is %i bytes', (text, bytes) => expect(parseSize('--backpressure', text)).toBe(bytes));

it.each(['0', '-5', '1.5', 'many', '', '10000001', '1e3'])(
  '"%s" is no count of connections',
  (text) => {
    expect(() => parseCount('--connections', text, 1, 1_000_000)).toThrow(
      `--connections ${text}: expected a whole number from 1 to 1000000`,
    );
  },
);

it.each(['0', '-1', 'fast', 'Infinity', '100001'])('"%s" is no rate', (text) => {
  expect(() => parsePositive('--rate', text, 100_000)).toThrow('--rate');
});

it('a list has no empty and no repeated entries', () => {
  expect(parseList('--connections', '100, 1000')).toEqual(['100', '1000']);
  expect(() => parseList('--connections', '100,,200')).toThrow('without empty entries');
  expect(() => parseList('--transports', 'sse,ws,sse')).toThrow('sse is there twice');
});

it('an unknown name lists the known ones and a near one', () => {
  expect(() => pickName('transport', 'websocket', ['sse', 'ws', 'websockets'])).toThrow(
    'there is no transport "websocket"; did you mean websockets?',
  );
  expect(() => pickName('preset', 'slow', ['smoke', 'quick'])).toThrow(
    expect.objectContaining({ hint: 'known: smoke, quick' }) as Error,
  );
});
