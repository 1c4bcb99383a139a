// The demo page from the user's side: `streamduel serve` as people start it, and their browser.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  chromium,
  type Browser,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CliFolder, type Program } from '../../../bench/cli-fixture.ts';
import { chromiumArguments, findChromium } from '../../../bench/contract/chromium.ts';
import { isUntested, whyNoBrowser } from '../../../bench/missing-fixture.ts';

const noBrowser = isUntested('pages of the demo', whyNoBrowser());

const place = new CliFolder();
let program: Program;
let browser: Browser;
let pageUrl: string;
let page: Page;
/** Messages on the page's console, and errors that it threw; none is expected. */
const complaints: string[] = [];
/** Matches the browser's console error for a connection that is cut on purpose. */
const CUT = /net::ERR_(INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)/;

const patience = { timeout: 30_000, interval: 20 };

beforeAll(async () => {
  program = place.start('serve', '--port', '0', '--ws-port', '0');
  pageUrl = await addressOf(program);
  browser = await chromium.launch({
    executablePath: findChromium(),
    args: [...chromiumArguments],
    headless: true,
  });
});

afterEach(async () => {
  await page?.context().close();
  assert.deepEqual(complaints.splice(0), [], 'the page complains of nothing');
});

afterAll(async () => {
  await browser?.close();
  program?.child.kill('SIGTERM');
  await program?.ended;
  place[Symbol.dispose]();
});

async function addressOf({ answered }: Program): Promise<string> {
  return await vi.waitUntil(() => /^page\s+(http:\S+\/demo)\n/.exec(answered())?.[1], patience);
}

async function open(query = '', options: BrowserContextOptions = {}): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !CUT.test(message.text()))
      complaints.push(message.text());
  });
  await page.goto(pageUrl + query);
  await expect
    .poll(() => page.locator('#race [data-action=start]').isEnabled(), patience)
    .toBe(true);
}

const article = (name: 'sse' | 'ws'): Locator => page.locator(`#article [data-lane=${name}]`);
const lane = (name: LaneName): Locator => page.locator(`#race [data-lane=${name}]`);
const part = (of: Locator, name: string): Locator => of.locator(`[data-part=${name}]`);
const press = async (section: 'article' | 'race', action: string): Promise<void> =>
  await page.locator(`#${section} [data-action=${action}]`).click();
const stateOf = async (of: Locator): Promise<string | null> => await of.getAttribute('data-state');

const laneNames = ['sse', 'ws', 'post'] as const;
type LaneName = (typeof laneNames)[number];

async function figure(name: LaneName, of: string): Promise<number> {
  return Number((await part(lane(name), of).textContent())!.replaceAll(/[^\d.]/g, ''));
}

async function race(fields: Record<string, string>): Promise<void> {
  const { workload = 'fixed', ...rest } = fields;
  await page.locator('#race [name=workload]').selectOption(workload);
  for (const [name, value] of Object.entries(rest))
    await page.locator(`#race [name=${name}]`).fill(value);
  await press('race', 'start');
}

async function everyLane(state: string): Promise<void> {
  await expect
    .poll(
      async () => await Promise.all(laneNames.map(async (name) => await stateOf(lane(name)))),
      patience,
    )
    .toEqual([state, state, state]);
}

async function tokensShown(): Promise<number[]> {
  return await Promise.all(
    laneNames.map(async (name) => Number(await lane(name).getAttribute('data-tokens'))),
  );
}

async function everyLaneHas(tokens: number): Promise<void> {
  await expect
    .poll(async () => Math.min(...(await tokensShown())), patience)
    .toBeGreaterThanOrEqual(tokens);
}

async function overflowPx(): Promise<number> {
  return await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

async function codeLines(name: LaneName): Promise<number[]> {
  return (await page.locator(`#code [data-lane=${name}] td`).allTextContents()).map(Number);
}

/** Expects that all lanes ended complete, and with the same text. */
async function expectWhole(tokens: number): Promise<void> {
  await everyLane('finished');
  const texts: (string | null)[] = [];
  for (const name of laneNames) {
    await expect
      .poll(async () => await part(lane(name), 'hash').textContent(), patience)
      .toBe('The text has the SHA-256 that the server announced.');
    expect(await part(lane(name), 'verdict').textContent()).toBe(
      `All ${tokens} tokens, in order, none repeated.`,
    );
    expect([await figure(name, 'lost'), await figure(name, 'repeated')]).toEqual([0, 0]);
    texts.push(await part(lane(name), 'text').textContent());
  }
  expect(texts[0]!.length).toBeGreaterThan(tokens);
  expect(texts).toEqual([texts[0], texts[0], texts[0]]);
}

const TEN = Array.from({ length: 10 }, (_, number) => `message number: ${number}`);

describe.skipIf(noBrowser)('the demo of the article', () => {
  it('appends ten messages as they come, closes, and gets none again', async () => {
    await open('?interval=100');
    await page.evaluate(() => {
      const times: Record<string, number[]> = {};
      for (const name of ['sse', 'ws']) {
        times[name] = [];
        const list = document.querySelector(`#article [data-lane=${name}] [data-part=messages]`)!;
        new MutationObserver((records) => {
          for (const { addedNodes } of records)
            for (const _node of addedNodes) times[name]!.push(performance.now());
        }).observe(list, { childList: true });
      }
      (globalThis as unknown as { times: typeof times }).times = times;
    });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await press('article', 'start');
    for (const name of ['sse', 'ws'] as const)
      await expect.poll(async () => await stateOf(article(name)), patience).toBe('closed');
    const times = await page.evaluate(
      () => (globalThis as unknown as { times: Record<'sse' | 'ws', number[]> }).times,
    );
    for (const name of ['sse', 'ws'] as const) {
      expect(await article(name).locator('li > :first-child').allTextContents()).toEqual(TEN);
      expect(times[name]).toHaveLength(10);
      // Sent over 900 ms; a busy machine may be late with the first, but not with all of them.
      expect(times[name][9]! - times[name][0]!).toBeGreaterThan(400);
    }
    // An EventSource that is not closed would reconnect after one second, and have it all again
    // after another.
    const observedMs = await page.evaluate(
      async () =>
        await new Promise<number>(
          (resolve) => void setTimeout(() => resolve(performance.now()), 2500),
        ),
    );
    expect(observedMs).toBeGreaterThan(times.sse[9]! + 2000);
    // The server would refuse a second request, but there should be none. A slow page may still
    // load its scripts.
    expect(asked.filter((path) => !path.endsWith('.js'))).toEqual(['/demo/stream']);
    expect(await part(article('sse'), 'state').textContent()).toBe('closed');
    for (const name of ['sse', 'ws'] as const) {
      expect(await part(article(name), 'count').textContent()).toBe('10');
      expect(await part(article(name), 'connections').textContent()).toBe('1');
      expect(await part(article(name), 'repeated').textContent()).toBe('0');
    }
  });

  it('as the article wrote it gets all of it again and counts that, until it is stopped; a WebSocket does not come back', async () => {
    await open('?interval=20');
    await page.getByLabel('Naive, as in the article').check();
    await press('article', 'start');
    await expect
      .poll(async () => Number(await part(article('sse'), 'connections').textContent()), patience)
      .toBeGreaterThanOrEqual(2);
    await expect
      .poll(async () => Number(await part(article('sse'), 'repeated').textContent()), patience)
      .toBeGreaterThanOrEqual(10);
    expect(await article('sse').locator('li[data-repeated]').count()).toBeGreaterThanOrEqual(10);
    expect([
      await part(article('ws'), 'count').textContent(),
      await stateOf(article('ws')),
    ]).toEqual(['10', 'closed']);
    await press('article', 'stop');
    expect(await stateOf(article('sse'))).toBe('closed');
    expect(await page.locator('#article [data-action=stop]').isDisabled()).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Start');
  });
});

describe.skipIf(noBrowser)('the race', () => {
  it('ends on all three lanes with all tokens, the same text and the announced hash', async () => {
    await open();
    await race({ workload: 'fast', n: '120', rate: '400', seed: '7' });
    await expectWhole(120);
    for (const name of laneNames) {
      expect(await figure(name, 'reconnects')).toBe(0);
      expect(await figure(name, 'first')).toBeGreaterThan(0);
      expect(await figure(name, 'rate')).toBeGreaterThan(0);
      expect(await part(lane(name), 'gaps').textContent()).toMatch(
        /^Last 119 gaps between tokens: median (?:< )?[\d.]+ ms, largest [\d.]+ m?s\.$/,
      );
    }
  });

  it('counts the bytes of each lane to the byte, as far as a page can know them', async () => {
    await open();
    await race({ workload: 'fast', n: '120', rate: '2000', seed: '7' });
    await expectWhole(120);
    const [sse, ws, post] = await Promise.all(
      laneNames.map(async (name) => ({
        payload: await figure(name, 'payload'),
        framed: await figure(name, 'framed'),
      })),
    );
    // `post` is one character longer than `sse`, and its id stands in the first event.
    expect(post!.payload - sse!.payload).toBe(1);
    // The rest is `retry: 1000` and its line end, which EventSource does not hand to the page.
    expect(post!.framed - sse!.framed).toBe(1 + 12);
    // `ws` is one shorter, and its first and last message name themselves: `"type":"open",` and
    // `"type":"done",`.
    expect(ws!.payload - sse!.payload).toBe(-1 + 14 + 14);
    // Two bytes of header for each token, and four for the last message, which is longer than 125
    // bytes.
    expect([124, 126]).toContain(ws!.framed - ws!.payload - 122 + 2);
  });

  it('resumes on all three lanes after a cut, without loss or repetition', async () => {
    await open();
    await race({ n: '150', rate: '50', seed: '3' });
    await everyLaneHas(10);
    await press('race', 'cut');
    await expectWhole(150);
    for (const name of laneNames) expect(await figure(name, 'reconnects')).toBe(1);
  });

  it('goes on after a pause where it was, and nothing comes meanwhile', async () => {
    await open();
    await race({ n: '120', rate: '60', seed: '3' });
    await everyLaneHas(10);
    await press('race', 'pause');
    await everyLane('paused');
    const before = await tokensShown();
    expect(await page.locator('#race [data-action=cut]').isDisabled()).toBe(true);
    await page.evaluate(async () => await new Promise((resolve) => void setTimeout(resolve, 400)));
    expect(await tokensShown()).toEqual(before);
    await page.getByRole('button', { name: 'Continue' }).click();
    await expectWhole(120);
    for (const name of laneNames) expect(await figure(name, 'reconnects')).toBe(0);
  });

  it('is cancelled at the servers: what is left is never generated', async () => {
    await open();
    const ids: string[] = [];
    page.on('request', (request) => {
      const id = /\/v1\/streams\/([^/?]+)\/cancel$/.exec(request.url())?.[1];
      if (id !== undefined) ids.push(id);
    });
    await race({ n: '1000', rate: '50' });
    await everyLaneHas(5);
    await press('race', 'cancel');
    await everyLane('cancelled');
    expect(await part(lane('ws'), 'verdict').textContent()).toMatch(
      /^Cancelled after \d+ tokens\.$/,
    );
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Start');
    await expect.poll(() => ids.length, patience).toBe(3);
    const origin = new URL(pageUrl).origin;
    // 204: a client that resumes finds nothing left.
    for (const id of ids.filter((id) => !id.endsWith('ws')))
      await expect
        .poll(
          async () =>
            (await fetch(`${origin}/v1/streams/${id}`, { headers: { 'last-event-id': 'abcd.1' } }))
              .status,
          patience,
        )
        .toBe(204);
  });

  it('started again, ends the race before it and begins at nothing', async () => {
    await open();
    await race({ n: '1000', rate: '50' });
    await everyLaneHas(20);
    await race({ n: '30', rate: '100', seed: '5' });
    await expectWhole(30);
    expect(await tokensShown()).toEqual([30, 30, 30]);
  });

  it('can be started by keyboard alone', async () => {
    await open();
    await page.locator('#race [name=n]').fill('20');
    await page.locator('#race [name=rate]').fill('200');
    await page.locator('#race [name=seed]').focus();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Start');
    expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe(
      'solid',
    );
    await page.keyboard.press('Enter');
    await expectWhole(20);
  });

  it('says in words which value is wrong, at its field, and starts nothing', async () => {
    await open();
    await race({ n: '0' });
    expect(await page.getByRole('alert').filter({ hasText: 'Tokens' }).textContent()).toBe(
      'Tokens: 0 is not a whole number from 1 to 100,000.',
    );
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('n');
    expect(await page.locator('#race [name=n]').getAttribute('aria-invalid')).toBe('true');
    await everyLane('idle');
    await race({ n: '5', rate: '100' });
    await expectWhole(5);
    expect(await page.locator('#race [name=n]').getAttribute('aria-invalid')).toBeNull();
  });
});

it.skipIf(noBrowser)(
  'says how much code each way takes, and that EventSource needs none to come back',
  async () => {
    await open();
    await expect.poll(async () => (await codeLines('post'))[2], patience).toBeGreaterThan(0);
    for (const name of laneNames) {
      const [receiving, returning, all] = await codeLines(name);
      expect(receiving).toBeGreaterThan(10);
      expect(all).toBe(receiving! + returning!);
    }
    expect((await codeLines('sse'))[1]).toBe(0);
    expect((await codeLines('ws'))[1]).toBeGreaterThan(10);
  },
);

it.skipIf(noBrowser)('says so when the twins are gone', async () => {
  const other = place.start('serve', '--port', '0', '--ws-port', '0');
  try {
    await open();
    await page.goto(await addressOf(other));
    await race({ n: '1000', rate: '20' });
    await everyLaneHas(3);
    other.child.kill('SIGTERM');
    await other.ended;
    await everyLane('reconnecting');
    // EventSource retries for ever; the others stop.
    await expect
      .poll(async () => await part(lane('ws'), 'verdict').textContent(), patience)
      .toBe('The WebSocket twin does not answer: given up after 7 attempts.');
    await expect
      .poll(async () => await part(lane('post'), 'verdict').textContent(), patience)
      .toBe('The SSE twin does not answer: given up after 7 attempts.');
    expect(await stateOf(lane('sse'))).toBe('reconnecting');
    await press('race', 'cancel');
    expect(await stateOf(lane('sse'))).toBe('cancelled');
  } finally {
    other.child.kill('SIGKILL');
    await other.ended;
    // The browser reports each refused connection.
    const refused = /ERR_CONNECTION_REFUSED/;
    complaints.splice(
      0,
      complaints.length,
      ...complaints.filter((complaint) => !refused.test(complaint)),
    );
  }
});

it.skipIf(noBrowser)('gives every control a name', async () => {
  await open();
  const unnamed = await page.evaluate(() =>
    [...document.querySelectorAll('button, input, select, [tabindex]')]
      .filter(
        (element) =>
          (element.textContent ?? '').trim() === '' &&
          !element.hasAttribute('aria-label') &&
          element.closest('label') === null,
      )
      .map((element) => element.outerHTML),
  );
  expect(unnamed).toEqual([]);
});

it.skipIf(noBrowser).each(['light', 'dark'] as const)(
  'has no text of a contrast below 4.5 where it is %s',
  async (colorScheme) => {
    await open('?interval=20', { colorScheme });
    await press('article', 'start');
    await race({ n: '10', rate: '200' });
    await expectWhole(10);
    const { least, texts } = await page.evaluate(leastContrast);
    expect(texts).toBeGreaterThan(80);
    expect(least).toBeGreaterThanOrEqual(4.5);
  },
);

/**
 * Least contrast of all text of the page to its background (WCAG 2.2 §1.4.3, which excepts disabled
 * text). Runs in the page.
 */
function leastContrast(): { least: number; texts: number } {
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- Nothing outside this function goes with it into the page.
  const channels = (colour: string): number[] =>
    (/[\d., ]+/.exec(colour)?.[0] ?? '').split(',').map(Number);
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = channels(colour).map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: Element): string => {
    const colour = getComputedStyle(element).backgroundColor;
    const isClear = channels(colour)[3] === 0;
    return isClear && element.parentElement !== null ? behind(element.parentElement) : colour;
  };
  const contrasts = [...document.body.querySelectorAll('*')]
    .filter((element) =>
      [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '',
      ),
    )
    .filter((element) => element.closest(':disabled, option, template') === null)
    .map((element) => {
      const pair = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort(
        (one, other) => other - one,
      );
      return (pair[0]! + 0.05) / (pair[1]! + 0.05);
    });
  return { least: Math.min(...contrasts), texts: contrasts.length };
}

describe.skipIf(noBrowser)('at the width of a phone', () => {
  const phone = { viewport: { width: 360, height: 740 } };

  it('nothing is wider than the screen, before, during and after a race', async () => {
    await open('?interval=20', phone);
    expect(await overflowPx()).toBe(0);
    await press('article', 'start');
    await race({ workload: 'turbo', n: '300', rate: '1000' });
    await everyLaneHas(50);
    expect(await overflowPx()).toBe(0);
    await everyLane('finished');
    expect(await overflowPx()).toBe(0);
  });
});

describe.skipIf(noBrowser)('looked at', () => {
  const artefacts = join(import.meta.dirname, '../../../.artefacts');

  it.each([
    ['desktop-light', { width: 1280, height: 900 }, 'light'],
    ['desktop-dark', { width: 1280, height: 900 }, 'dark'],
    ['phone-light', { width: 360, height: 740 }, 'light'],
    ['phone-dark', { width: 360, height: 740 }, 'dark'],
  ] as const)('leaves a picture of itself: %s', async (name, viewport, colorScheme) => {
    mkdirSync(artefacts, { recursive: true });
    await open('?interval=20', { viewport, colorScheme, deviceScaleFactor: 2 });
    await press('article', 'start');
    await race({ workload: 'chat', n: '120', rate: '60', seed: '4' });
    await everyLaneHas(30);
    await press('race', 'cut');
    await everyLane('finished');
    const picture = await page.screenshot({
      path: join(artefacts, `demo-${name}.png`),
      fullPage: true,
    });
    expect(picture.length).toBeGreaterThan(100_000);
  });
});
