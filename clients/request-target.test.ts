import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCursor, renderCursor } from '../bench/contract/control-events.ts';
import {
  authorityOf,
  getRequest,
  requestLineOf,
  resumeMessageOf,
  webSocketPathOf,
} from './request-target.ts';

const target = { host: '::1', port: 80, path: '/v1/ws/7' };

test('an IPv6 address stands in brackets', () => {
  expect(authorityOf(target)).toBe('[::1]:80');
  expect(authorityOf({ ...target, host: '127.0.0.1' })).toBe('127.0.0.1:80');
});

test('a proxy that passes a request on is told the whole URL, and the server behind a tunnel is not', () => {
  const through = { host: '127.0.0.1', port: 3128 };
  const lineOf = (how: 'forward' | 'tunnel'): string | undefined =>
    getRequest({ ...target, through: { ...through, how } }, { accept: '*/*' }).split('\r\n')[0];
  expect(lineOf('forward')).toBe('GET http://[::1]:80/v1/ws/7 HTTP/1.1');
  expect(lineOf('tunnel')).toBe('GET /v1/ws/7 HTTP/1.1');
});

test('a stream that begins says nothing of where it stands', () => {
  expect([webSocketPathOf(target), resumeMessageOf(target), requestLineOf(target)]).toEqual([
    '/v1/ws/7',
    undefined,
    '/v1/ws/7\n',
  ]);
});

test('a stream that comes back says where it stands', () => {
  const back = { ...target, resumeAfter: 'k3f9.17' };
  expect(webSocketPathOf(back)).toBe('/v1/ws/7?resume=1');
  expect(webSocketPathOf({ ...back, path: '/v1/ws/7?rate=5' })).toBe('/v1/ws/7?rate=5&resume=1');
  expect(resumeMessageOf(back)).toBe('{"type":"resume","after":"k3f9.17"}');
  expect(requestLineOf(back)).toBe('/v1/ws/7 k3f9.17\n');
});

test('every cursor can be said, and the longest fits the one small frame that says it', () => {
  const cursors = fc.record({
    epoch: fc.stringMatching(/^[A-Za-z0-9]{4}$/),
    sequence: fc.integer({ min: 0, max: 999_999_999 }),
  });
  fc.assert(
    fc.property(cursors, (cursor) => {
      const message = resumeMessageOf({ ...target, resumeAfter: renderCursor(cursor) })!;
      expect(parseCursor((JSON.parse(message) as { after: string }).after)).toEqual(cursor);
      expect(message.length).toBeLessThanOrEqual(125);
    }),
  );
});

test('what is no cursor is a bug of the caller', () => {
  expect(() => resumeMessageOf({ ...target, resumeAfter: '17' })).toThrow('epoch.sequence');
});
