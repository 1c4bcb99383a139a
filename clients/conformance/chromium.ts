// Chromium's EventSource: the reference for the others, since it is the one of most pages.

import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumArguments, findChromium } from '../../bench/contract/chromium.ts';
import { listenedTypes } from './listened-types.ts';
import type { Receiver, Received, Reception } from './receiver.ts';
import { RECEPTION_LIMIT_MS } from './receiver.ts';
import type { SeenEvent } from './vector.ts';

export interface ChromiumReceiver extends Receiver, AsyncDisposable {}

/**
 * Every name under localhost is this machine, so that each stream can have an origin of its own.
 */
const NAMES = '--host-resolver-rules=MAP *.localhost 127.0.0.1';

/**
 * @param page Any page of the server under test: the origin of a page decides what it may connect
 * to.
 */
export async function startChromium(page: string): Promise<ChromiumReceiver> {
  const browser = await launchChromium([NAMES]);
  const tab = await browser.newPage();
  await tab.goto(page);
  let streams = 0;
  return {
    id: 'chromium',
    version: browser.version(),
    receive: async (reception) =>
      await receive(tab, { ...reception, url: ownOrigin(reception.url, streams++) }),
    [Symbol.asyncDispose]: async () => await browser.close(),
  };
}

/** @throws BenchError when there is no Chromium. */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return await chromium.launch({
    executablePath: findChromium(),
    args: [...chromiumArguments, ...more],
  });
}

/**
 * Over HTTP/1.1 a browser opens six connections to an origin at most; the seventh stream would wait
 * for the others.
 */
function ownOrigin(url: string, stream: number): string {
  const own = new URL(url);
  own.hostname = `s${stream}.localhost`;
  return own.href;
}

async function receive(tab: Page, { url, patienceMs }: Reception): Promise<Received> {
  const limitMs = RECEPTION_LIMIT_MS;
  const events = await tab.evaluate(hear, { url, patienceMs, limitMs, types: listenedTypes });
  return { events };
}

interface Hearing {
  readonly url: string;
  readonly patienceMs: number;
  readonly limitMs: number;
  readonly types: readonly string[];
}

/**
 * The only part of a page's EventSource that is used; the types of browsers are not part of this
 * project.
 */
interface PageEventSource {
  readonly readyState: number;
  addEventListener: (
    type: string,
    listener: (event: { type: string; data?: string; lastEventId: string }) => void,
  ) => void;
  close: () => void;
}

/** Runs in the page: it must not use anything of this file. */
async function hear({ url, patienceMs, limitMs, types }: Hearing): Promise<SeenEvent[]> {
  const { EventSource } = globalThis as unknown as {
    EventSource: new (url: string) => PageEventSource;
  };
  const source = new EventSource(url);
  const heard: SeenEvent[] = [];
  for (const type of types)
    source.addEventListener(type, ({ type, data, lastEventId }) => {
      // An event of the EventSource itself, such as its own `error`, has no data.
      if (data !== undefined) heard.push([type, data, lastEventId]);
    });
  try {
    await new Promise<void>((resolve, reject) => {
      setTimeout(() => reject(new Error(`${url} did not end within ${limitMs} ms`)), limitMs);
      let isWaiting = false;
      source.addEventListener('error', ({ data }) => {
        if (data !== undefined) return;
        if (source.readyState === 2) resolve();
        else if (!isWaiting) {
          isWaiting = true;
          setTimeout(resolve, patienceMs);
        }
      });
    });
  } finally {
    source.close();
  }
  return heard;
}
