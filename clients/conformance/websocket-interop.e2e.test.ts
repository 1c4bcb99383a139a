// The WebSocket twins, as they are and compressed, with clients of four authors: each receives the
// same stream whole, and is closed in good order.

import { createHash } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEBSOCKET_PROTOCOL } from '../../bench/contract/arms/websocket.ts';
import { isUntested, whyNoBrowser, whyNoProgram } from '../../bench/missing-fixture.ts';
import { startTestServer, type TestServer } from '../../servers/twin-fixture.ts';
import { launchChromium } from './chromium.ts';
import {
  INSTALL_PYTHON,
  PYTHON,
  receiveWithChromium,
  receiveWithPython,
  receiveWithUndici,
  receiveWithWs,
  type WebSocketReceipt,
} from './websocket-clients.ts';

const TOKENS = 400;
const noBrowser = isUntested('WebSockets of a page', whyNoBrowser());
const noPython = isUntested(
  'WebSockets of Python',
  whyNoProgram(PYTHON, INSTALL_PYTHON, ['-c', 'import websockets']),
);

const transports = ['ws', 'ws-deflate', 'ws-deflate-no-takeover'] as const;
type Transport = (typeof transports)[number];

let servers: Record<Transport, TestServer>;
let browser: Browser | undefined;
let page: Page;

beforeAll(async () => {
  const started = await Promise.all(transports.map(async (one) => await startTestServer(one)));
  servers = Object.fromEntries(
    transports.map((transport, index) => [transport, started[index]]),
  ) as typeof servers;
  if (noBrowser) return;
  browser = await launchChromium();
  page = await browser.newPage();
  // The origin of a page decides what it may connect to.
  await page.goto(`http://127.0.0.1:${servers.ws.port}/healthz`);
});

afterAll(async () => {
  await browser?.close();
  for (const server of Object.values(servers)) await server.close();
});

interface Client {
  readonly name: string;
  readonly isMissing?: boolean;
  readonly receive: (url: string, subprotocol: string) => Promise<WebSocketReceipt>;
}

const clients: readonly Client[] = [
  { name: 'ws', receive: receiveWithWs },
  { name: 'undici', receive: receiveWithUndici },
  {
    name: 'Chromium',
    isMissing: noBrowser,
    receive: async (url, subprotocol) => await receiveWithChromium(page, url, subprotocol),
  },
  { name: 'websockets of Python', isMissing: noPython, receive: receiveWithPython },
];

const urlOf = (query: string, transport: Transport = 'ws'): string =>
  `ws://127.0.0.1:${servers[transport].port}/v1/ws/one?${query}`;

describe.each(clients)('$name', ({ receive, isMissing = false }) => {
  it.skipIf(isMissing).each(transports)(
    'over %s receives a whole stream under the subprotocol, compressed as agreed, and is closed with 1000',
    async (transport) => {
      const { messages, ...rest } = await receive(
        urlOf(`n=${TOKENS}&rate=5000&seed=3`, transport),
        WEBSOCKET_PROTOCOL,
      );
      expect(rest).toEqual({
        subprotocol: 'tokens.v1.json',
        extensions: transport === 'ws' ? [] : ['permessage-deflate'],
        closeCode: 1000,
      });
      expect(messages).toHaveLength(TOKENS + 2);
      const [first, ...others] = messages.map(
        (message) => JSON.parse(message) as Record<string, unknown>,
      );
      const last = others.pop();
      expect(first).toMatchObject({ type: 'open', sid: 'one', from: 1, n: TOKENS });
      expect(others.map(({ s }) => s)).toEqual(
        Array.from({ length: TOKENS }, (_, index) => index + 1),
      );
      const text = others.map(({ d }) => d).join('');
      expect(last).toMatchObject({
        type: 'done',
        n: TOKENS,
        sha256: createHash('sha256').update(text).digest('hex'),
      });
    },
  );
});

it('all of them receive the same messages', async () => {
  const present = clients.filter(({ isMissing = false }) => !isMissing);
  const receipts = await Promise.all(
    present.map(
      async ({ receive }) => await receive(urlOf('n=60&rate=5000&seed=9'), WEBSOCKET_PROTOCOL),
    ),
  );
  const [first, ...others] = receipts.map(({ messages }) => messages);
  expect(first).toHaveLength(62);
  for (const messages of others) expect(messages).toEqual(first);
});

it.skipIf(noPython).each([
  ['Python', ['/nowhere/python3'], '/nowhere/python3 is not installed'],
  // -S leaves out the folders that packages are installed in.
  ['module', [PYTHON, '-S'], 'the Python module websockets is missing'],
])('a missing %s is a failure that says what to install', async (_what, python, message) => {
  const failure = receiveWithPython(urlOf('n=1'), WEBSOCKET_PROTOCOL, python);
  await expect(failure).rejects.toMatchObject({
    message: expect.stringContaining(message) as string,
    hint: 'apt-get install python3 python3-websockets',
  });
});
