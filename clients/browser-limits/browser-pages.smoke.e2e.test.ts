// The pages of a real Chromium, against a server that records its requests.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { isUntested, whyNoBrowser } from '../../bench/missing-fixture.ts';
import { startChromium, withFreshProfile } from './browser-pages.ts';

const noBrowser = isUntested('pages of a browser', whyNoBrowser());

let browser: Browser;
let server: Server;
let origin: string;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await startChromium(undefined);
});

afterAll(async () => {
  await browser.close();
  server.close();
});

beforeEach(() => void asked.splice(0));

/**
 * Shows an ordinary page, and says whether the browser requests its icon by itself: Chromium's
 * headless shell does not.
 */
async function show(path: string): Promise<boolean> {
  const page = await browser.newPage();
  await page.goto(`${origin}${path}`);
  const icon = vi.waitUntil(() => asked.at(-1) === '/favicon.ico', { timeout: 5000, interval: 20 });
  const isAsked = await icon.catch(() => false);
  await page.close();
  return isAsked;
}

it.skipIf(noBrowser)(
  'the pages of a trial ask for nothing but what they are told to, not even for an icon',
  async () => {
    await withFreshProfile(browser, { transport: 'sse', origin }, async (openTab) => {
      const tab = await openTab();
      await tab.evaluate(
        async (page, url) => await page.request(url, { times: 2, patienceMs: 5000 }),
        `${origin}/asked`,
      );
    });
    // Another page's icon is requested last: requests for the icons of these pages would have come
    // before it.
    const icons = (await show('/other')) ? ['/favicon.ico'] : [];
    expect(asked).toEqual(['/healthz', '/asked', '/asked', '/other', ...icons]);
  },
);

it.skipIf(noBrowser)(
  'a stream that nobody serves has failed, with what the browser says of it',
  async () => {
    for (const [transport, how] of [
      ['sse', 'error, readyState 2'],
      ['ws', 'close code 1006'],
    ] as const) {
      const states = await withFreshProfile(browser, { transport, origin }, async (openTab) => {
        const tab = await openTab();
        const url = `${transport === 'ws' ? origin.replace('http', 'ws') : origin}/nothing`;
        await tab.evaluate(
          async (page, one) => await page.askEach([one], { patienceMs: 5000, stops: true }),
          url,
        );
        return await tab.evaluate((page) => page.states());
      });
      expect(states).toMatchObject([{ state: 'failed', how }]);
    }
  },
);
