// Measures how many streams one browser opens to one origin: one tab that requests one stream after
// another, then one that requests all at once, then two tabs, each time with a fresh profile. The
// browser ends with the trial, also when it fails.

import type { Browser, JSHandle } from 'playwright-core';
import { Agent, request } from 'undici';
import { transports } from '../../bench/contract/arms/transports.ts';
import {
  countStreams,
  streamPatienceNs,
  streamsAsked,
  type BrowserLimitsPlan,
  type BrowserLimitsTally,
  type StreamCount,
} from '../../bench/contract/browser-limits.ts';
import { TLS_NAME } from '../../bench/contract/certificate.ts';
import type { FromClient } from '../../bench/contract/messages.ts';
import { NS_PER_MS } from '../../bench/contract/units.ts';
import { originOf } from '../request-target.ts';
import { TrialFrame, type LoadOrder, type OpenStack, type Trial } from '../trial-frame.ts';
import {
  nameBrowser,
  startChromium,
  usesWebSocket,
  withFreshProfile,
  type OpenTab,
} from './browser-pages.ts';
import type { PageStreams } from './page-streams.ts';

/** The first one of a page may open a connection; the median of all is evaluated. */
const REQUESTS = 5;

/** Results of the first tab. */
type OneTab = Pick<
  BrowserLimitsTally,
  'oneByOne' | 'next' | 'requests' | 'serverStreams' | 'brokenStreams'
>;

export class BrowserLimitsTrial implements Trial {
  readonly #order: LoadOrder;
  readonly #plan: BrowserLimitsPlan;
  readonly #frame: TrialFrame;
  readonly #origin: string;
  readonly #patienceMs: { readonly stream: number; readonly request: number };
  #browser: Browser | undefined;
  #streams = 0;

  constructor(order: LoadOrder, plan: BrowserLimitsPlan, openStack: OpenStack) {
    this.#order = order;
    this.#plan = plan;
    this.#frame = new TrialFrame(order, openStack);
    this.#origin = originOf(this.#frame.server);
    const streamNs = streamPatienceNs(plan, order.specification.transport);
    this.#patienceMs = {
      stream: streamNs / NS_PER_MS,
      request: plan.patienceNs.request / NS_PER_MS,
    };
  }

  async prepare(): Promise<FromClient> {
    const ready = await this.#frame.prepare();
    const { browser, tls } = this.#order.specification;
    this.#browser = await startChromium(browser, tls?.cert);
    return ready;
  }

  async run(): Promise<FromClient> {
    if (this.#browser === undefined) throw new TypeError('the browser is started before the trial');
    await using browser = this.#browser;
    const { transport } = this.#order.specification;
    const target = { transport, origin: this.#origin };
    const oneTab = await withFreshProfile(
      browser,
      target,
      async (openTab) => await this.#lookAtOneTab(openTab),
    );
    const atOnce = await withFreshProfile(
      browser,
      target,
      async (openTab) => await this.#askAtOnce(openTab),
    );
    const tabs = await withFreshProfile(
      browser,
      target,
      async (openTab) => await this.#askInTwoTabs(openTab),
    );
    const tally = { node: process.version, browser: nameBrowser(browser), ...oneTab, atOnce, tabs };
    await browser.close();
    return { kind: 'browser-limits-tally', clock: await this.#frame.proveClockAgain(), tally };
  }

  async #lookAtOneTab(openTab: OpenTab): Promise<OneTab> {
    const tab = await openTab();
    const request = {
      url: `${this.#origin}/healthz`,
      times: REQUESTS,
      patienceMs: this.#patienceMs.request,
    };
    const beforeNs = await tab.evaluate(
      async (page, { url, ...options }) => await page.request(url, options),
      request,
    );
    await this.#askEach(tab, this.#asked.inOneTab, false);
    const oneByOne = await tab.evaluate((page) => page.states());
    const serverStreams = await this.#countOnServer();
    const next = await this.#lookAtNext(tab, oneByOne);
    // Waiting streams would be served before a later request.
    await tab.evaluate((page) => page.abandonWaiting());
    const whileOpen = await tab.evaluate(
      async (page, { url, ...options }) => await page.requestWhileOpen(url, options),
      request,
    );
    const afterNs = await tab.evaluate(
      async (page, { url, ...options }) => await page.request(url, options),
      request,
    );
    const brokenStreams = await tab.evaluate((page) => page.countBroken());
    return {
      oneByOne,
      ...next,
      requests: { beforeNs, whileOpen, afterNs },
      serverStreams,
      brokenStreams,
    };
  }

  async #lookAtNext(
    tab: JSHandle<PageStreams>,
    streams: BrowserLimitsTally['oneByOne'],
  ): Promise<Pick<BrowserLimitsTally, 'next'>> {
    const place = streams.findIndex(({ state }) => state !== 'opened');
    const stream = streams[place];
    if (stream === undefined) return {};
    const [url = ''] = this.#nextUrls(1);
    const asked = { place, url, patienceMs: this.#patienceMs.stream };
    const servedAfterNs = await tab.evaluate(
      async (page, options) => await page.serveNext(options),
      asked,
    );
    return {
      next: {
        ...(stream.state === 'failed' ? { fate: 'fails', how: stream.how } : { fate: 'waits' }),
        ...(servedAfterNs !== undefined && { servedAfterNs }),
      },
    };
  }

  async #askAtOnce(openTab: OpenTab): Promise<StreamCount> {
    const tab = await openTab();
    const asked = {
      urls: this.#nextUrls(this.#asked.inOneTab),
      patienceMs: this.#patienceMs.stream,
    };
    await tab.evaluate(
      async (page, { urls, patienceMs }) => await page.askAtOnce(urls, patienceMs),
      asked,
    );
    return await countIn(tab);
  }

  /** Both tabs are open before the first stream is requested. */
  async #askInTwoTabs(openTab: OpenTab): Promise<[StreamCount, StreamCount]> {
    const first = await openTab();
    const second = await openTab();
    for (const tab of [first, second]) await this.#askEach(tab, this.#asked.inEachTab, true);
    return [await countIn(first), await countIn(second)];
  }

  async #askEach(tab: JSHandle<PageStreams>, streams: number, stops: boolean): Promise<void> {
    const asked = { urls: this.#nextUrls(streams), patienceMs: this.#patienceMs.stream, stops };
    await tab.evaluate(
      async (page, { urls, ...options }) => await page.askEach(urls, options),
      asked,
    );
  }

  get #asked(): ReturnType<typeof streamsAsked> {
    return streamsAsked(this.#plan, this.#order.specification);
  }

  /**
   * Each stream has an address of its own: a browser would let requests for one address wait for
   * each other at its cache.
   */
  #nextUrls(count: number): string[] {
    const { transport, workload, workloadSeed } = this.#order.specification;
    const { tokensPerStream, tokensPerSecond } = workload;
    const origin = usesWebSocket(transport) ? this.#origin.replace('http', 'ws') : this.#origin;
    return Array.from({ length: count }, () => {
      const path = transports[transport].route(`b${this.#streams++}`);
      return `${origin}${path}?n=${tokensPerStream}&rate=${tokensPerSecond}&seed=${workloadSeed}`;
    });
  }

  /** Requested by this process, whose connections are not the browser's. */
  async #countOnServer(): Promise<number> {
    const { tls } = this.#frame.server;
    // It speaks HTTP/2 where the server does (RFC 7301).
    const agent = new Agent({
      allowH2: true,
      ...(tls !== undefined && { connect: { ca: tls.ca, servername: TLS_NAME } }),
    });
    try {
      const { body } = await request(`${this.#origin}/healthz`, { dispatcher: agent });
      const { openStreams } = (await body.json()) as { openStreams: number };
      return openStreams;
    } finally {
      await agent.destroy();
    }
  }
}

async function countIn(tab: JSHandle<PageStreams>): Promise<StreamCount> {
  return countStreams(await tab.evaluate((page) => page.states()));
}
