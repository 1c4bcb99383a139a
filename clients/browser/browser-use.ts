// Measures what a browser's processes used in a window, by the browser's account: the load
// process's own numbers exclude it.

import type { CDPSession } from 'playwright-core';
import type { BrowserTally } from '../../bench/contract/browser.ts';
import { NS_PER_S } from '../../bench/contract/units.ts';
import type { PageSession } from './page-session.ts';

interface Reading {
  /** By process id. */
  readonly cpuSeconds: ReadonlyMap<number, number>;
  readonly mainThreadSeconds: number | undefined;
  readonly atNs: number;
}

export class BrowserUse {
  readonly #browser: CDPSession;
  readonly #page: PageSession;
  #begin: Promise<Reading> | undefined;
  #end: Promise<Reading> | undefined;

  private constructor(browser: CDPSession, page: PageSession) {
    this.#browser = browser;
    this.#page = page;
  }

  static async of(browser: CDPSession, page: PageSession): Promise<BrowserUse> {
    await page.send('Performance.enable');
    return new BrowserUse(browser, page);
  }

  begin(): void {
    this.#begin = this.#read();
    // Awaited once the streams are over; until then a rejection must not count as unhandled.
    this.#begin.catch(() => undefined);
  }

  end(): void {
    this.#end = this.#read();
    this.#end.catch(() => undefined);
  }

  /** Returns no fields without a whole window. */
  async read(): Promise<Pick<BrowserTally, 'cpuNs' | 'mainThreadShare'>> {
    const [begin, end] = [await this.#begin, await this.#end];
    if (begin === undefined || end === undefined) return {};
    // A process that ended in between is missing; one that began in between counts in full.
    const cpuSeconds = [...end.cpuSeconds].reduce(
      (sum, [id, seconds]) => sum + seconds - (begin.cpuSeconds.get(id) ?? 0),
      0,
    );
    const { mainThreadSeconds } = end;
    const isKnown = mainThreadSeconds !== undefined && begin.mainThreadSeconds !== undefined;
    return {
      cpuNs: cpuSeconds * NS_PER_S,
      ...(isKnown && {
        mainThreadShare:
          ((mainThreadSeconds - begin.mainThreadSeconds) * NS_PER_S) / (end.atNs - begin.atNs),
      }),
    };
  }

  async pid(): Promise<number | undefined> {
    const { processInfo } = await this.#browser.send('SystemInfo.getProcessInfo');
    return processInfo.find(({ type }) => type === 'browser')?.id;
  }

  async #read(): Promise<Reading> {
    const [{ processInfo }, { metrics }] = await Promise.all([
      this.#browser.send('SystemInfo.getProcessInfo'),
      this.#page.send('Performance.getMetrics') as Promise<{
        metrics?: { name: string; value: number }[];
      }>,
    ]);
    return {
      cpuSeconds: new Map(processInfo.map(({ id, cpuTime }) => [id, cpuTime])),
      mainThreadSeconds: metrics?.find(({ name }) => name === 'TaskDuration')?.value,
      atNs: Number(process.hrtime.bigint()),
    };
  }
}
