import { expect, it } from 'vitest';
import { findOpener, openPage } from './open-page.ts';
import { pageAddress, renderAddresses } from './serve-addresses.ts';
import { readFlags } from './serve.ts';

it('listens for this machine only, on ports that are always the same', () => {
  expect(readFlags({})).toEqual({ host: '127.0.0.1', ports: { sse: 4000, ws: 4001 } });
});

it('any free port may be meant twice, another one not', () => {
  expect(readFlags({ port: '0', wsPort: '0', host: '::1' })).toEqual({
    host: '::1',
    ports: { sse: 0, ws: 0 },
  });
  expect(() => readFlags({ port: '5000', wsPort: '5000' })).toThrow(
    '--ws-port 5000: expected another port than that of --port',
  );
  expect(() => readFlags({ port: '4001' })).toThrow(
    '--ws-port 4001: expected another port than that of --port',
  );
});

it.each([
  [{ port: '65536' }, '--port 65536: expected a whole number from 0 to 65535'],
  [{ wsPort: 'http' }, '--ws-port http: expected a whole number from 0 to 65535'],
  [{ host: ' ' }, '--host  : expected an address to listen on'],
])('%o is refused by the name of its flag', (flags, message) => {
  expect(() => readFlags(flags)).toThrow(message);
});

it('prints the page and one line to try for each twin', () => {
  expect(renderAddresses('127.0.0.1', { sse: 4000, ws: 4001 })).toBe(
    `page       http://127.0.0.1:4000/demo
SSE        curl -N 'http://127.0.0.1:4000/demo/stream'
WebSocket  curl -N -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: c3RyZWFtZHVlbCBkZW1vIQ==' 'http://127.0.0.1:4001/demo/stream'
`,
  );
});

it.each([
  ['0.0.0.0', 'http://127.0.0.1:80/demo'],
  ['::', 'http://[::1]:80/demo'],
  ['::1', 'http://[::1]:80/demo'],
  ['192.168.1.20', 'http://192.168.1.20:80/demo'],
  ['laptop.local', 'http://laptop.local:80/demo'],
])('a server on %s has its page at %s', (host, address) => {
  expect(pageAddress(host, { sse: 80, ws: 81 })).toBe(address);
});

const url = 'http://127.0.0.1:4000/demo';

it.each([
  ['linux', { DISPLAY: ':0' }, { command: 'xdg-open', arguments: [url] }],
  [
    'linux',
    { WAYLAND_DISPLAY: 'wayland-0', DISPLAY: '' },
    { command: 'xdg-open', arguments: [url] },
  ],
  ['linux', {}, undefined],
  ['linux', { DISPLAY: '' }, undefined],
  ['darwin', {}, { command: 'open', arguments: [url] }],
  ['win32', {}, { command: 'cmd', arguments: ['/c', 'start', '""', url] }],
] as const)('on %s with %o the page is opened by %o', (platform, environment, opener) => {
  expect(findOpener(url, { platform, environment })).toEqual(opener);
});

it('--open says where there is no desktop', () => {
  let said = '';
  const stderr = { write: (text: string) => (said += text) };
  openPage(url, { platform: 'linux', environment: {}, stderr });
  expect(said).toBe(
    '--open: there is no desktop here (neither DISPLAY nor WAYLAND_DISPLAY is set)\n',
  );
});
