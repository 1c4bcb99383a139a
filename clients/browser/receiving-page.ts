// Receives in one headless Chromium, in one page of the server's own origin, polled every 100 ms:
// events are buffered in the page and fetched in batches, so that reporting delays callbacks only
// by its own turn.

import type { Browser } from 'playwright-core';
import { WEBSOCKET_PROTOCOL } from '../../bench/contract/arms/websocket.ts';
import type { BrowserTally, OriginBound } from '../../bench/contract/browser.ts';
import { chromiumArguments, findChromium, trustArgument } from '../../bench/contract/chromium.ts';
import { CONTROL_PREFIX, renderStreamRequest } from '../../bench/contract/control-events.ts';
import { BenchError, messageOf } from '../../bench/contract/errors.ts';
import { apiEventNames } from '../../bench/contract/payload.ts';
import { NS_PER_MS } from '../../bench/contract/units.ts';
import { controlTypes } from '../control-message.ts';
import { authorityOf, originOf } from '../request-target.ts';
import type { ServerPlace, StreamTarget } from '../stream-client.ts';
import { BrowserUse } from './browser-use.ts';
import { pageScript, type PageNotes, type PageReader, type PageRow } from './in-page.ts';
import { around, blurNs, middleOf, tightenOrigin, unknownOrigin } from './page-clock.ts';
import { PageSession } from './page-session.ts';

const HEAR_EVERY_MS = 100;
const EXCHANGES = 400;

/**
 * Isolated, for a clock of 5 µs (HTML §7.1.3); with an icon of its own, so that none is requested.
 */
const page = {
  html: '<!doctype html><meta charset="utf-8"><title>streamduel</title><link rel="icon" href="data:,"><body></body>',
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  },
};

export interface PageOwner {
  /**
   * @param toNs Converts the page's ms to ns on the clock of `process.hrtime`, as `monotonicNs`
   * reads it.
   */
  readonly happened: (row: PageRow, toNs: (pageMs: number) => number) => void;
  /** Called when no more events will come. */
  readonly gone: (why: string) => void;
}

interface Opened {
  readonly browser: Browser;
  readonly session: PageSession;
  readonly use: BrowserUse;
  readonly version: string;
  readonly isIsolated: boolean;
  readonly stepNs: number;
  readonly originNs: number;
  readonly before: OriginBound;
}

/**
 * The monotonic clock, exact for 104 days after the machine was started, and to 2 ns for as long
 * again.
 */
export function monotonicNs(): number {
  return Number(process.hrtime.bigint());
}

export class ReceivingPage {
  readonly #named: string | undefined;
  readonly #owners = new Map<number, PageOwner>();
  #opened: Promise<Opened> | undefined;
  #users = 0;
  #streams = 0;
  #most = 0;
  #timer: NodeJS.Timeout | undefined;
  #hearing: Promise<void> = Promise.resolve();

  /** @param named Path of the browser; without it, the first one found. */
  constructor(named?: string) {
    this.#named = named;
  }

  /** Every user must release the page: the last release closes the browser. */
  acquire(): void {
    this.#users++;
  }

  async release(): Promise<void> {
    this.#users--;
    const opened = await this.#opened?.catch(() => undefined);
    if (opened === undefined) return;
    if (this.#users > 0) {
      await opened.session.evaluate('streamduel.reset()');
      this.#most = 0;
      return;
    }
    clearTimeout(this.#timer);
    this.#opened = undefined;
    await opened.browser.close();
  }

  /**
   * Starts the browser and shows a page of the server's origin, once. @throws BenchError
   * MISSING_PROGRAM or CHILD_START
   */
  async prepare(server: ServerPlace): Promise<void> {
    this.#opened ??= openPage(server, this.#named);
    await this.#opened;
  }

  /** Returns the stream's number in the page. */
  open(reader: PageReader, target: StreamTarget, owner: PageOwner): number {
    const stream = this.#streams++;
    this.#owners.set(stream, owner);
    void this.prepare(target)
      .then(
        async () =>
          await this.#tell(
            `streamduel.open(${stream}, ${JSON.stringify(reader)}, ${JSON.stringify(target.path)})`,
          ),
      )
      .catch((error: unknown) => this.#fail(messageOf(error)));
    this.#timer ??= setTimeout(() => this.#hearOnTime(), HEAR_EVERY_MS);
    return stream;
  }

  /** Closes the stream; its owner gets no more events. */
  close(stream: number): void {
    this.#owners.delete(stream);
    // A page that is gone has no open streams.
    void this.#tell(`streamduel.close(${stream})`).catch(() => undefined);
  }

  async #tell(expression: string): Promise<void> {
    const opened = await this.#opened;
    await opened?.session.evaluate(expression);
  }

  #hearOnTime(): void {
    void this.#hearAgain();
  }

  async #hearAgain(): Promise<void> {
    await this.hear();
    this.#timer =
      this.#owners.size > 0 ? setTimeout(() => this.#hearOnTime(), HEAR_EVERY_MS) : undefined;
  }

  /**
   * Passes the events so far to the owners. One poll at a time, so that rows are passed in order.
   */
  async hear(): Promise<void> {
    this.#hearing = this.#hearing.then(async () => await this.#hearOnce());
    await this.#hearing;
  }

  async #hearOnce(): Promise<void> {
    try {
      const opened = await this.#opened;
      if (opened === undefined) return;
      const { rows, most } = JSON.parse(
        await opened.session.evaluate<string>('streamduel.drain()'),
      ) as PageNotes;
      this.#most = Math.max(this.#most, most);
      const toNs = (pageMs: number): number => opened.originNs + pageMs * NS_PER_MS;
      for (const row of rows) this.#owners.get(row[1])?.happened(row, toNs);
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  #fail(why: string): void {
    const owners = [...this.#owners.values()];
    this.#owners.clear();
    for (const owner of owners) owner.gone(why);
  }

  beginWindow(): void {
    void this.#opened?.then(({ use }) => use.begin());
  }

  endWindow(): void {
    void this.#opened?.then(({ use }) => use.end());
  }

  /**
   * Polls the page a last time and bounds its clock once more. @throws BenchError when the browser
   * is gone
   */
  async account(): Promise<BrowserTally> {
    const opened = await this.#opened;
    if (opened === undefined)
      throw new BenchError('CHILD_DIED', 'there is no browser to account for');
    await this.hear();
    const { session, isIsolated, stepNs, originNs, version } = opened;
    const after = await askOrigin(session, blurNs(isIsolated, stepNs));
    return {
      version,
      isIsolated,
      resolutionNs: stepNs,
      clock: { before: around(originNs, opened.before), after: around(originNs, after) },
      ...(await opened.use.read()),
      mostOpenStreams: this.#most,
    };
  }

  /** Process id of the browser, for a caller that must know that it is gone. */
  async pid(): Promise<number | undefined> {
    return await (await this.#opened)?.use.pid();
  }
}

async function openPage(server: ServerPlace, named: string | undefined): Promise<Opened> {
  const browser = await launch(findChromium(named), server);
  try {
    const devtools = await browser.newBrowserCDPSession();
    const { product } = await devtools.send('Browser.getVersion');
    const session = await PageSession.open(devtools);
    browser.on('disconnected', () => session.fail('the browser is gone'));
    await session.show(`${originOf(server)}/`, page);
    await session.evaluate(
      pageScript({
        controlTypes,
        controlPrefix: CONTROL_PREFIX,
        postBody: renderStreamRequest(),
        apiEventNames,
        protocol: WEBSOCKET_PROTOCOL,
      }),
    );
    const isIsolated = await session.evaluate<boolean>('crossOriginIsolated');
    const stepNs = (await session.evaluate<number>('streamduel.stepMs()')) * NS_PER_MS;
    const before = await askOrigin(session, blurNs(isIsolated, stepNs));
    const use = await BrowserUse.of(devtools, session);
    return {
      browser,
      session,
      use,
      version: product,
      isIsolated,
      stepNs,
      before,
      originNs: middleOf(before),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/**
 * The document came from no server, so Chromium treats the page as one of the internet, and would
 * ask its user before such a page may connect to this machine. Therefore the server counts as one
 * of the internet, too, as that of a deployed page does.
 */
const onTheInternet = (server: string): string => `--ip-address-space-overrides=${server}=public`;

async function launch(executablePath: string, server: ServerPlace): Promise<Browser> {
  // Loaded only to start a browser: other load processes would spend a quarter of a second for
  // nothing.
  const { chromium } = await import('playwright-core');
  try {
    return await chromium.launch({
      executablePath,
      args: [
        ...chromiumArguments,
        onTheInternet(authorityOf(server)),
        ...(server.tls === undefined ? [] : [trustArgument(server.tls.ca)]),
      ],
      headless: true,
      // The browser ends with this process; the orchestrator handles Ctrl-C.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (cause) {
    throw new BenchError(
      'CHILD_START',
      `${executablePath} did not start: ${messageOf(cause).split('\n')[0]}`,
      {
        cause,
        hint: 'start it by hand to see why, or name another with --browser PATH',
      },
    );
  }
}

async function askOrigin(session: PageSession, blurNs: number): Promise<OriginBound> {
  let bound = unknownOrigin;
  while (bound.exchanges < EXCHANGES) {
    const askedNs = monotonicNs();
    const pageMs = await session.evaluate<number>('performance.now()');
    bound = tightenOrigin(bound, { askedNs, answeredNs: monotonicNs(), pageMs }, blurNs);
  }
  return bound;
}
