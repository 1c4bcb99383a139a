import { expect, it } from 'vitest';
import { demoAddresses } from './config.ts';

const ports = { sse: 4000, ws: 4001 };

it.each([
  ['127.0.0.1:4000', '127.0.0.1'],
  ['127.0.0.1:4001', '127.0.0.1'],
  ['localhost', 'localhost'],
  ['192.168.1.20:4000', '192.168.1.20'],
  ['[::1]:4000', '[::1]'],
  ['my-laptop.local:4000', 'my-laptop.local'],
])('who found a twin at %s finds both at %s', (hostField, hostname) => {
  expect(demoAddresses(hostField, ports)).toEqual({
    sse: `http://${hostname}:4000`,
    ws: `ws://${hostname}:4001`,
  });
});

it.each(['', 'a b', 'evil/..', 'user@host', 'host:port', '"x"', '::1'])(
  '%o names no host',
  (hostField) => {
    expect(demoAddresses(hostField, ports)).toBeUndefined();
  },
);
