// A minimal client in a page of Chromium: the bundle that is counted is the one that runs.

import type { Browser, Page } from 'playwright-core';
import type { ReceiveTokens, TokenStream } from '../../../clients/minimal/resuming.ts';
import type { ClientAsk, StartedClient, TriedClient } from './tried-client.ts';

/** A page has these on `globalThis`. */
interface PageState {
  minimal: { readonly receive: ReceiveTokens };
  texts: string[];
  ending: string | undefined;
  stream: TokenStream;
  release: () => void;
}

export function pageClient(browser: Browser, script: string): TriedClient {
  return {
    prepare: async (ask) => {
      // It is of the server's own origin, without a request to it; a page that comes from nowhere may reach
      // this machine only with this permission.
      const page = await browser.newPage({ permissions: ['local-network-access'] });
      await page.route('**/page', async (route) => {
        await route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>-</title>' });
      });
      await page.goto(`${ask.origin}/page`);
      // Responses that the browser's inspector looks at are not held back.
      await page.unroute('**/page');
      await page.addScriptTag({ content: script });
      return {
        start: async () => {
          await page.evaluate(startInPage, ask);
          return startedIn(page);
        },
        end: async () => await page.close(),
      };
    },
  };
}

function startedIn(page: Page): StartedClient {
  return {
    texts: async () => await page.evaluate(() => (globalThis as unknown as PageState).texts),
    ending: async () => await page.evaluate(() => (globalThis as unknown as PageState).ending),
    stop: async () =>
      await page.evaluate(async () => {
        await (globalThis as unknown as PageState).stream.stop();
      }),
    release: async () =>
      await page.evaluate(() => {
        (globalThis as unknown as PageState).release();
      }),
  };
}

/** Runs in the page: it must not use anything of this file. */
function startInPage({ isHeld, ...request }: ClientAsk): void {
  const state = globalThis as unknown as PageState;
  const held = Promise.withResolvers<void>();
  if (isHeld !== true) held.resolve();
  state.release = held.resolve;
  state.texts = [];
  state.ending = undefined;
  state.stream = state.minimal.receive(request, async (text) => {
    state.texts.push(text);
    await held.promise;
  });
  state.stream.ended.then(
    () => (state.ending = 'over'),
    (error: unknown) => (state.ending = String(error)),
  );
}
