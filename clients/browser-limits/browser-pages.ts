// One headless Chromium, and pages of it that are of the twin's own origin, so that no cross-origin
// rule applies.

import { chromium, type Browser, type BrowserContext, type JSHandle } from 'playwright-core';
import { transports, type TransportId } from '../../bench/contract/arms/transports.ts';
import { WEBSOCKET_PROTOCOL } from '../../bench/contract/arms/websocket.ts';
import { chromiumArguments, findChromium, trustArgument } from '../../bench/contract/chromium.ts';
import { BenchError, messageOf } from '../../bench/contract/errors.ts';
import { startPageStreams, type PageStreams } from './page-streams.ts';

/**
 * @param named Path of the browser; without it, the first one found. @param cert The certificate that
 * it trusts, PEM, for servers over TLS. @throws BenchError
 */
export async function startChromium(named: string | undefined, cert?: string): Promise<Browser> {
  const executablePath = findChromium(named);
  try {
    // Ctrl-C reaches this process too, but the orchestrator decides what ends when.
    return await chromium.launch({
      executablePath,
      args: [...chromiumArguments, ...(cert === undefined ? [] : [trustArgument(cert)])],
      handleSIGINT: false,
    });
  } catch (cause) {
    throw new BenchError(
      'CHILD_START',
      `the browser ${executablePath} did not start: ${messageOf(cause).split('\n')[0]}`,
      {
        cause,
        hint: 'try it by hand: chromium --headless --no-sandbox --dump-dom about:blank',
      },
    );
  }
}

/** `Chromium 143.0.7499.40` */
export function nameBrowser(browser: Browser): string {
  return `Chromium ${browser.version()}`;
}

export function usesWebSocket(transport: TransportId): boolean {
  return transports[transport].inBrowser?.api === 'WebSocket';
}

interface PageTarget {
  readonly transport: TransportId;
  /** `http://127.0.0.1:8080` */
  readonly origin: string;
}

/** Each call opens another tab of the same profile. */
export type OpenTab = () => Promise<JSHandle<PageStreams>>;

/** Calls back with a fresh profile, and ends all that was opened in it. */
export async function withFreshProfile<Found>(
  browser: Browser,
  target: PageTarget,
  look: (openTab: OpenTab) => Promise<Found>,
): Promise<Found> {
  const profile = await browser.newContext();
  try {
    return await look(async () => await openTab(profile, target));
  } finally {
    await profile.close();
  }
}

async function openTab(
  profile: BrowserContext,
  { transport, origin }: PageTarget,
): Promise<JSHandle<PageStreams>> {
  const page = await profile.newPage();
  // The browser requests an icon by itself, and over HTTP/1.1 that would take the place of a
  // stream.
  const devTools = await profile.newCDPSession(page);
  await devTools.send('Network.enable');
  await devTools.send('Network.setBlockedURLs', { urls: ['*/favicon.ico'] });
  await page.goto(`${origin}/healthz`);
  return await page.evaluateHandle(startPageStreams, {
    isWebSocket: usesWebSocket(transport),
    protocol: WEBSOCKET_PROTOCOL,
  });
}
