import { expect, it } from 'vitest';
import type { Exchange } from '../../contract/proxy-cells.ts';
import { exchangeChanges } from './exchange-changes.ts';

const direct: Exchange = {
  status: 200,
  fields: [
    ['content-type', 'text/event-stream'],
    ['x-accel-buffering', 'no'],
    ['date', 'Mon'],
    ['keep-alive', 'timeout=72'],
    ['transfer-encoding', 'chunked'],
  ],
  chunkBytes: [10, 20, 30],
  bodyBytes: 60,
  bodySha256: 'a',
};

it('a path that passes bytes on changes nothing', () => {
  expect(exchangeChanges(direct, direct)).toEqual({
    added: [],
    removed: [],
    altered: [],
    chunks: { arrived: 3, sent: 3 },
    isChunkedAnew: false,
    coding: undefined,
    keepsBody: true,
  });
});

it('each change is found, and those of a hop, of the time and of letters are none', () => {
  const over: Exchange = {
    ...direct,
    fields: [
      ['content-type', 'Text/Event-Stream'],
      ['date', 'Tue'],
      ['via', '1.1 x'],
      ['connection', 'close'],
      ['content-encoding', 'gzip'],
    ],
    chunkBytes: [30, 30],
    bodySha256: 'b',
  };
  expect(exchangeChanges(over, direct)).toEqual({
    added: ['via', 'content-encoding'],
    removed: ['x-accel-buffering'],
    altered: [],
    chunks: { arrived: 2, sent: 3 },
    isChunkedAnew: true,
    coding: 'gzip',
    keepsBody: false,
  });
  const altered = { ...direct, fields: [['content-type', 'text/plain'] as [string, string]] };
  expect(exchangeChanges(altered, direct).altered).toEqual(['content-type']);
});

it('a response without chunks has none', () => {
  const upgraded = { ...direct, chunkBytes: [] };
  expect(exchangeChanges(upgraded, upgraded)).toMatchObject({
    chunks: undefined,
    isChunkedAnew: false,
  });
});
