// Code of a page: it opens streams, sends requests, and times both by its own clock. Its source
// text is sent to the browser, so nothing outside of the one function may be named in it but types.

/* oxlint-disable unicorn/consistent-function-scoping -- what is outside of the one function does not reach the page */

import type { PageStream } from '../../bench/contract/browser-limits.ts';

interface PageOptions {
  readonly isWebSocket: boolean;
  /** The subprotocol of a WebSocket. */
  readonly protocol: string;
}

interface WhileOpen {
  readonly streams: number;
  readonly answeredNs: number[];
  readonly afterClosingNs?: number;
}

/** Operations of a page. No wait is longer than its patience, in ms. */
export interface PageStreams {
  /**
   * Requests each stream when the one before has opened; after the first that has not, the others
   * together or, with `stops`, none.
   */
  askEach: (
    urls: readonly string[],
    options: { readonly patienceMs: number; readonly stops: boolean },
  ) => Promise<void>;
  askAtOnce: (urls: readonly string[], patienceMs: number) => Promise<void>;
  states: () => PageStream[];
  /**
   * Closes a stream, and returns how long after that the unopened one opens; if that one had
   * failed, a new one in its place.
   */
  serveNext: (options: {
    readonly place: number;
    readonly url: string;
    readonly patienceMs: number;
  }) => Promise<number | undefined>;
  /** Closes the streams that neither opened nor failed. */
  abandonWaiting: () => void;
  request: (
    url: string,
    options: { readonly times: number; readonly patienceMs: number },
  ) => Promise<number[]>;
  /** The same as `request` while streams are open; then one of them is closed. */
  requestWhileOpen: (
    url: string,
    options: { readonly times: number; readonly patienceMs: number },
  ) => Promise<WhileOpen>;
  countBroken: () => number;
}

interface Asked {
  readonly askedMs: number;
  openedMs?: number;
  failedMs?: number;
  how?: string;
  isClosing: boolean;
  isBroken: boolean;
  readonly settled: Promise<void>;
  /**
   * Resolves when the browser reports the end of a WebSocket; an EventSource reports none and is
   * closed at once.
   */
  readonly ended: Promise<void>;
  readonly close: () => void;
}

export function startPageStreams({ isWebSocket, protocol }: PageOptions): PageStreams {
  /** Whole ns: the clock's steps are far longer, and floating point would add digits of its own. */
  const asNs = (ms: number): number => Math.round(ms * 1e6);
  const asked: Asked[] = [];
  const isSettled = ({ openedMs, failedMs }: Asked): boolean =>
    openedMs !== undefined || failedMs !== undefined;
  const isOpen = (stream: Asked): boolean =>
    stream.openedMs !== undefined && !stream.isClosing && !stream.isBroken;
  const within = async <Value>(promise: Promise<Value>, ms: number): Promise<Value | undefined> =>
    await Promise.race([
      promise,
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms)),
    ]);

  function ask(url: string): Asked {
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const askedMs = performance.now();
    const source = isWebSocket ? new WebSocket(url, protocol) : new EventSource(url);
    const close = (): void => {
      stream.isClosing = true;
      source.close();
      if (!isWebSocket) end();
    };
    const stream: Asked = { askedMs, isClosing: false, isBroken: false, settled, ended, close };
    // The twin's own event of the same name comes later.
    source.addEventListener('open', () => {
      stream.openedMs ??= performance.now();
      settle();
    });
    source.addEventListener(isWebSocket ? 'close' : 'error', (event) => {
      end();
      if (stream.isClosing) return;
      if (stream.openedMs === undefined) {
        stream.failedMs ??= performance.now();
        stream.how ??= isWebSocket
          ? `close code ${(event as { code?: number }).code}`
          : `error, readyState ${source.readyState}`;
        settle();
      } else stream.isBroken = true;
      // An EventSource would reconnect by itself.
      source.close();
    });
    asked.push(stream);
    return stream;
  }

  /** Waits as long as at least one more stream settles within the patience. */
  async function settle(streams: readonly Asked[], patienceMs: number): Promise<void> {
    for (let before = -1; ;) {
      const now = streams.filter(isSettled).length;
      if (now === streams.length || now === before) return;
      before = now;
      await within(Promise.all(streams.map(async (stream) => await stream.settled)), patienceMs);
    }
  }

  async function timeRequest(url: string): Promise<{ tookNs: number; endMs: number }> {
    const startMs = performance.now();
    const response = await fetch(url, { cache: 'no-store' });
    await response.arrayBuffer();
    const endMs = performance.now();
    return { tookNs: asNs(endMs - startMs), endMs };
  }

  /** Stops at the first request that is not answered in time. */
  async function request(
    url: string,
    { times, patienceMs }: { times: number; patienceMs: number },
  ): Promise<number[]> {
    const answeredNs: number[] = [];
    while (answeredNs.length < times) {
      const answer = await within(timeRequest(url), patienceMs);
      if (answer === undefined) break;
      answeredNs.push(answer.tookNs);
    }
    return answeredNs;
  }

  function closeOne(): { closingMs: number; closed: Asked | undefined } {
    const closed = asked.find(isOpen);
    const closingMs = performance.now();
    closed?.close();
    return { closingMs, closed };
  }

  return {
    askEach: async (urls, { patienceMs, stops }) => {
      for (const [index, url] of urls.entries()) {
        const stream = ask(url);
        await within(stream.settled, patienceMs);
        if (stream.openedMs !== undefined) continue;
        if (!stops) await settle(urls.slice(index + 1).map(ask), patienceMs);
        return;
      }
    },
    askAtOnce: async (urls, patienceMs) => await settle(urls.map(ask), patienceMs),
    states: () => {
      const firstMs = asked[0]?.askedMs ?? 0;
      return asked.map(({ askedMs, openedMs, failedMs, how = '' }): PageStream => {
        const askedNs = asNs(askedMs - firstMs);
        if (openedMs !== undefined)
          return { state: 'opened', askedNs, tookNs: asNs(openedMs - askedMs) };
        if (failedMs !== undefined)
          return { state: 'failed', askedNs, tookNs: asNs(failedMs - askedMs), how };
        return { state: 'waiting', askedNs };
      });
    },
    serveNext: async ({ place, url, patienceMs }) => {
      const next = asked[place];
      const { closingMs, closed } = closeOne();
      if (next?.failedMs !== undefined && closed !== undefined)
        await within(closed.ended, patienceMs);
      const served = next === undefined || next.failedMs !== undefined ? ask(url) : next;
      await within(served.settled, patienceMs);
      return served.openedMs === undefined ? undefined : asNs(served.openedMs - closingMs);
    },
    abandonWaiting: () => {
      for (const stream of asked) if (!isSettled(stream)) stream.close();
    },
    request,
    requestWhileOpen: async (url, { times, patienceMs }) => {
      const streams = asked.filter(isOpen).length;
      const first = timeRequest(url);
      const answer = await within(first, patienceMs);
      if (answer !== undefined) {
        const others = await request(url, { times: times - 1, patienceMs });
        closeOne();
        return { streams, answeredNs: [answer.tookNs, ...others] };
      }
      const { closingMs } = closeOne();
      const late = await within(first, patienceMs);
      return {
        streams,
        answeredNs: [],
        ...(late !== undefined && { afterClosingNs: asNs(late.endMs - closingMs) }),
      };
    },
    countBroken: () => asked.filter(({ isBroken }) => isBroken).length,
  };
}
