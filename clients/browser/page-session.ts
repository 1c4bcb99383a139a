// One page of a browser, controlled over the DevTools protocol with nothing enabled that reports
// events. Playwright enables the Network domain in its own pages: then the browser writes a message
// about every event and frame before the page's callback runs, and the measurement would be of this
// observation.

import type { CDPSession } from 'playwright-core';
import { BenchError } from '../../bench/contract/errors.ts';

type Parameters = Readonly<Record<string, unknown>>;

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Parameters;
  readonly result?: Parameters;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: Parameters) => void;
  readonly reject: (error: Error) => void;
}

/** A page that has not answered by then will not answer any more. */
const ANSWER_TIMEOUT_MS = 20_000;

export class PageSession {
  readonly #browser: CDPSession;
  readonly #sessionId: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Map<string, (parameters: Parameters) => void>();
  #asked = 0;

  private constructor(browser: CDPSession, sessionId: string) {
    this.#browser = browser;
    this.#sessionId = sessionId;
    browser.on('Target.receivedMessageFromTarget', ({ sessionId: from, message }) => {
      if (from === sessionId) this.#receive(JSON.parse(message) as Answer);
    });
    browser.on('Target.targetCrashed', () => this.fail('the page crashed'));
    browser.on('close', () => this.fail('the browser is gone'));
  }

  /**
   * Opens an empty page in a context of its own, which Playwright does not know and so leaves
   * alone.
   */
  static async open(browser: CDPSession): Promise<PageSession> {
    const { browserContextId } = await browser.send('Target.createBrowserContext');
    const { targetId } = await browser.send('Target.createTarget', {
      url: 'about:blank',
      browserContextId,
    });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: false });
    return new PageSession(browser, sessionId);
  }

  /**
   * Goes to a URL whose document is `html`: it is not requested from the server, which has no
   * connections but those of streams.
   */
  async show(
    url: string,
    {
      html,
      headers,
    }: { readonly html: string; readonly headers: Readonly<Record<string, string>> },
  ): Promise<void> {
    const loaded = this.#once('Page.loadEventFired');
    const paused = this.#once('Fetch.requestPaused');
    await this.send('Page.enable');
    await this.send('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
    const shown = this.send('Page.navigate', { url });
    const { requestId } = await paused;
    await this.send('Fetch.fulfillRequest', {
      requestId,
      responseCode: 200,
      responseHeaders: Object.entries(headers).map(([name, value]) => ({ name, value })),
      body: Buffer.from(html).toString('base64'),
    });
    await shown;
    await loaded;
    await this.send('Fetch.disable');
    await this.send('Page.disable');
  }

  /**
   * Evaluates an expression in the page. @throws BenchError CHILD_DIED for what it throws, or when
   * the page does not answer.
   */
  async evaluate<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = (await this.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
    })) as {
      result: { value?: Value };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    };
    if (exceptionDetails === undefined) return result.value as Value;
    throw gone(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }

  async send(method: string, params: Parameters = {}): Promise<Parameters> {
    const id = ++this.#asked;
    const { promise, resolve, reject } = Promise.withResolvers<Parameters>();
    this.#waiting.set(id, { resolve, reject });
    const timer = setTimeout(
      () => reject(gone(`the page did not answer ${method} within ${ANSWER_TIMEOUT_MS / 1000} s`)),
      ANSWER_TIMEOUT_MS,
    );
    try {
      await this.#browser.send('Target.sendMessageToTarget', {
        sessionId: this.#sessionId,
        message: JSON.stringify({ id, method, params }),
      });
      return await promise;
    } catch (error) {
      throw error instanceof BenchError ? error : gone(String(error));
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Rejects every request that waits for an answer, with the reason. */
  fail(why: string): void {
    for (const { reject } of this.#waiting.values()) reject(gone(why));
  }

  async #once(method: string): Promise<Parameters> {
    return await new Promise((resolve) => {
      this.#listeners.set(method, (parameters) => {
        this.#listeners.delete(method);
        resolve(parameters);
      });
    });
  }

  #receive({ id, method, params = {}, result = {}, error }: Answer): void {
    if (method !== undefined) this.#listeners.get(method)?.(params);
    if (id === undefined) return;
    if (error === undefined) this.#waiting.get(id)?.resolve(result);
    else this.#waiting.get(id)?.reject(gone(error.message));
  }
}

function gone(why: string): BenchError {
  return new BenchError('CHILD_DIED', `the browser's page: ${why}`);
}
