// Opens report.html in a real browser, of runs, of a suite, of comparisons and of joined runs:
// nothing runs and nothing is fetched, nothing overflows on a phone, and axe finds no fault, in
// light and in dark.

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { independentRun } from './analysis/across/across-fixture.ts';
import { fixtureRun } from './analysis/analysis-fixture.ts';
import { failedLike } from './analysis/trial-fixture.ts';
import { runMain } from './cli-fixture.ts';
import { keptOutput } from './commands/kept-output-fixture.ts';
import { publish } from './commands/publish.ts';
import { reportCommand } from './commands/report.ts';
import { chromiumArguments, findChromium } from './contract/chromium.ts';
import type { Course } from './contract/course.ts';
import { projectPath } from './contract/program.ts';
import type { RunHeader, TrialRecord } from './contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from './contract/units.ts';
import { isUntested, whyNoBrowser } from './missing-fixture.ts';
import { heading, section } from './report/blocks.ts';
import { MOST_PAGE_BYTES, renderHtmlPage } from './report/formats/html-page.ts';
import { appendTrial, createRunFolder } from './trial/run-folder.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 375, height: 700 };
const SECONDS = 30;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** The longest that a trial keeps. */
const course: Course = {
  stepNs: NS_PER_S,
  steps: Array.from({ length: SECONDS }, (_, second) => ({
    tokens: 16_000 + second * 37,
    deliveryP50Ns: (1 + (second % 7) / 9) * NS_PER_MS,
    deliveryP99Ns: (3 + (second % 5) / 3) * NS_PER_MS,
  })),
  processes: Array.from({ length: SECONDS }, (_, second) => ({
    atNs: (second + 1) * NS_PER_S,
    serverCpuNs: (second + 1) * 371_000_000,
    clientCpuNs: (second + 1) * 243_000_000,
    serverResidentBytes: 120_000_000 + second * 123_456,
  })),
};

const windowed = { course, windowNs: SECONDS * NS_PER_S };

const hostile = [
  '<script>document.title = "run"</script>',
  '<img src=x onerror="document.title = \'run\'">',
  '[link](javascript:document.title="run")',
  '</style></section></details><svg onload="document.title=\'run\'">',
].join(' ');

function addCourses(run: string): void {
  const path = join(run, 'run.ndjson');
  const [header = '', ...trials] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const lines = trials.map((line) => {
    const trial = JSON.parse(line) as TrialRecord;
    return JSON.stringify(trial.outcome === 'completed' ? { ...trial, ...windowed } : trial);
  });
  writeFileSync(path, `${[header, ...lines].join('\n')}\n`);
}

async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const violations = (await page.evaluate(
    'axe.run(document).then(({ violations }) => violations)',
  )) as readonly Violation[];
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

describe.skipIf(isUntested('pages of reports', whyNoBrowser()))('report.html', () => {
  let folder = '';
  let browser: Browser;
  const pageOf = (name: string): string => join(folder, name, 'report.html');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'report-page-'));
    for (const name of ['standard', 'matrix', 'cost'])
      cpSync(projectPath(`reports/reference/${name}`), join(folder, name), { recursive: true });
    // As the largest run is now that trials keep their courses.
    addCourses(join(folder, 'matrix'));
    const { output } = keptOutput();
    for (const name of readdirSync(folder)) await reportCommand(join(folder, name), {}, output);
    await measureStamped();
    await writePage('compared', ['compare', 'standard', 'standard', '--fail-if-worse', '5%']);
    for (const occasion of [1, 2, 3])
      write(`occasion-${occasion}`, independentRun({ occasion, seed: occasion }));
    await writePage('joined', ['join', 'occasion-1', 'occasion-2', 'occasion-3']);
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: [...chromiumArguments],
    });
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  function write(
    name: string,
    run: { readonly header: RunHeader; readonly trials: readonly TrialRecord[] },
  ): void {
    createRunFolder(join(folder, name), run.header);
    for (const trial of run.trials) appendTrial(join(folder, name), trial);
  }

  /** Saves what a command prints with --format html; words that are folders stand for their path. */
  async function writePage(name: string, words: readonly string[]): Promise<void> {
    const known = new Set(readdirSync(folder));
    const { stdout, stderr } = await runMain(
      ...words.map((word) => (known.has(word) ? join(folder, word) : word)),
      '--format',
      'html',
    );
    expect(stderr).toBe('');
    mkdirSync(join(folder, name));
    writeFileSync(pageOf(name), stdout);
  }

  /** A real run with stamps, the noise floor and a target of nothing but showing. */
  async function measureStamped(): Promise<void> {
    const words = 'run --preset smoke --blocks 2 --duration 3s --connections 10';
    const flags = '--transports sse,ws --aa --stamps --quiet --name stamped';
    await runMain(...`${words} ${flags}`.split(' '), '--out', folder);
    const measured = readdirSync(folder).find((name) => name.endsWith('-stamped')) ?? '';
    cpSync(join(folder, measured), join(folder, 'stamped'), { recursive: true });
    rmSync(join(folder, measured), { recursive: true });
  }

  interface Opened {
    readonly page: Page;
    readonly requests: readonly string[];
    readonly faults: readonly string[];
  }

  async function open(
    file: string,
    options: { dark?: boolean; phone?: boolean } = {},
  ): Promise<Opened> {
    const context = await browser.newContext({
      colorScheme: options.dark === true ? 'dark' : 'light',
      ...(options.phone === true && { viewport: PHONE }),
    });
    const page = await context.newPage();
    const requests: string[] = [];
    const faults: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(pathToFileURL(file).href);
    return { page, requests, faults };
  }

  it('is small enough to be sent, of the largest reference run with courses, too', () => {
    const pages = readdirSync(folder).filter((name) => !name.startsWith('occasion-'));
    const tooLarge = pages.filter((name) => statSync(pageOf(name)).size > MOST_PAGE_BYTES);
    expect([pages.length, tooLarge]).toEqual([6, []]);
  });

  describe.each(['standard', 'matrix', 'cost', 'stamped', 'compared', 'joined'])(
    'of %s',
    (name) => {
      it('is one file that asks for nothing else, and whose links lead somewhere', async () => {
        const file = pageOf(name);
        const { page, requests, faults } = await open(file);
        expect(requests).toEqual([pathToFileURL(file).href]);
        expect(faults).toEqual([]);
        expect(await page.locator('figure svg').count()).toBeGreaterThan(0);
        expect(await page.locator('figure img').count()).toBe(0);
        expect(await page.locator('h2').first().isVisible()).toBe(true);
        const dangling = await page.evaluate(
          `[...document.querySelectorAll('a[href^="#"]')].map((one) => one.getAttribute('href'))
          .filter((href) => document.getElementById(decodeURIComponent(href.slice(1))) === null)`,
        );
        expect(dangling).toEqual([]);
        const ids = await page.evaluate(
          `[...document.querySelectorAll('[id]')].map(({ id }) => id)`,
        );
        expect(new Set(ids as string[]).size).toBe((ids as string[]).length);
        await page.context().close();
      });

      it('does not overflow on a phone, where wide tables and charts scroll by themselves', async () => {
        const { page } = await open(pageOf(name), { phone: true });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
        await page.context().close();
      });
    },
  );

  describe('of claims', () => {
    let file = '';

    beforeAll(async () => {
      const runs = ['standard', 'matrix', 'cost'].map((name) => join(folder, name));
      const out = join(folder, 'occasion-claims');
      await runMain('claims', '--from', ...runs, '--out', out, '--quiet');
      file = join(out, readdirSync(out)[0] ?? '', 'claims.html');
    });

    it.each([
      ['a desktop', false, 5],
      ['a phone', true, 2],
    ])(
      'has verdicts on the first screen of %s, which lead to their claims',
      async (_on, phone, least) => {
        const { page, faults } = await open(file, { phone });
        const height = page.viewportSize()?.height ?? 0;
        const bottoms = await page.evaluate(
          `[...document.querySelector('table').querySelectorAll('td:nth-child(2)')].map((cell) => cell.getBoundingClientRect().bottom)`,
        );
        expect(
          (bottoms as number[]).filter((bottom) => bottom < height).length,
        ).toBeGreaterThanOrEqual(least);
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(
          true,
        );
        await page.locator('table').first().locator('a', { hasText: 'S4 ' }).click();
        expect(page.url()).toMatch(/#s4-sse-is-cheaper-with-many-clients$/);
        expect(await page.locator('#s4-sse-is-cheaper-with-many-clients').isVisible()).toBe(true);
        expect(faults).toEqual([]);
        await page.context().close();
      },
    );

    it.each([
      [false, false],
      [true, true],
    ])('has no fault that axe finds (dark: %s, phone: %s)', async (dark, phone) => {
      const { page } = await open(file, { dark, phone });
      expect(await faultsOf(page)).toEqual([]);
      await page.context().close();
    });
  });

  it.each([
    ['standard', false],
    ['standard', true],
    ['matrix', false],
    ['cost', false],
    ['stamped', true],
    ['compared', false],
    ['joined', true],
  ])('of %s has no fault that axe finds (dark: %s)', async (name, dark) => {
    const { page } = await open(pageOf(name), { dark });
    expect(await faultsOf(page)).toEqual([]);
    await page.context().close();
  });

  it('of a run that kept its stamps draws each second, one stream, and the noise floor', async () => {
    const { page } = await open(pageOf('stamped'));
    const seconds = page.locator('section', { has: page.locator('#the-course-of-the-window') });
    const tips = await seconds.locator('circle > title').allTextContents();
    expect(tips).toContainEqual(expect.stringMatching(/^WebSocket, second 3: [\d.]+ tokens\/s/));
    expect(tips).toContainEqual(expect.stringMatching(/^SSE, second 1: [\d.]+ MiB/));
    const lanes = page.locator('section', { has: page.locator('#swim-lanes-of-one-stream') });
    const marks = await lanes.locator('path > title').allTextContents();
    for (const lane of ['due', 'ready', 'written', 'read'])
      expect(marks.filter((mark) => mark.includes(`: ${lane} `)).length).toBeGreaterThan(3);
    await page.context().close();
  });

  it('says where there are no stamps and no courses', async () => {
    const { page } = await open(pageOf('standard'));
    const text = await page.locator('main').textContent();
    expect(text).toContain('no trial of this run kept its course');
    expect(text).toContain('The run kept no stamps: --stamps keeps them.');
    await page.context().close();
  });

  it('folds by keyboard, and a link into a folded part opens it', async () => {
    const { page } = await open(pageOf('standard'));
    const heading2 = page.locator('section h2').first();
    const summary = page.locator('section > details > summary').first();
    const table = page.locator('section > details > .table').first();
    expect(await heading2.textContent()).toBe('Verdicts');
    await summary.focus();
    await page.keyboard.press('Enter');
    expect(await table.isVisible()).toBe(false);
    await page.keyboard.press('Enter');
    expect(await table.isVisible()).toBe(true);
    // The definitions are folded.
    await page.locator('a.term', { hasText: 'Delivery latency p50' }).first().click();
    await expect
      .poll(async () => await page.locator('[id="metric-delivery.p50"]').isVisible())
      .toBe(true);
    await page.context().close();
  });

  it('on paper has no navigation, and what is open', async () => {
    const { page } = await open(pageOf('standard'));
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('nav:visible').count()).toBe(0);
    expect(await page.locator('h2').first().isVisible()).toBe(true);
    await page.context().close();
  });

  it('what a hostile server says is shown and does not run', async () => {
    const file = join(folder, 'hostile.html');
    writeFileSync(
      file,
      renderHtmlPage({
        blocks: [heading(1, 'Report'), ...section(hostile, [hostile, `\`${hostile}\``])],
        svgOf: () => undefined,
      }),
    );
    const { page, requests } = await open(file);
    expect(await page.title()).toBe('Report');
    expect(requests).toHaveLength(1);
    expect(await page.locator('main img, main script, main svg, main a').count()).toBe(0);
    expect(await page.locator('main').textContent()).toContain('onerror=');
    await page.context().close();
  });

  it('nor does it in a run whose name, errors and warnings it fills', async () => {
    const run = fixtureRun({
      blocks: 3,
      edit: (trial) =>
        trial.trial === 5
          ? failedLike(trial, hostile)
          : {
              ...trial,
              ...windowed,
              warnings: [{ code: 'hostile', message: hostile }],
              client: {
                ...trial.client,
                errors: [{ cause: hostile, count: 1, example: hostile }],
              },
            },
    });
    const header = { ...run.header, name: hostile, command: `streamduel run '${hostile}'` };
    write('hostile-run', { ...run, header });
    await publish(join(folder, 'hostile-run'));
    const { page, requests } = await open(pageOf('hostile-run'));
    expect(await page.title()).toContain('<script>');
    expect(await page.title()).not.toBe('run');
    expect(requests).toHaveLength(1);
    expect(await page.locator('main img, main script, main [onload], main [onerror]').count()).toBe(
      0,
    );
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    await page.context().close();
  });

  it.each([
    '<script>document.title = "run"</script>',
    '<img src="data:," onerror="document.title = \'run\'">',
    '<svg onload="document.title = \'run\'"></svg>',
    '<iframe srcdoc="<script>parent.document.title = \'run\'</script>"></iframe>',
    '<img src="https://example.com/pixel">',
  ])('even markup that got in could not run or fetch: %s', async (markup) => {
    const file = join(folder, 'injected.html');
    const page = renderHtmlPage({ blocks: [heading(1, 'Report')], svgOf: () => undefined });
    writeFileSync(file, page.replace('</main>', `${markup}</main>`));
    const opened = await open(file);
    expect(await opened.page.title()).toBe('Report');
    expect(opened.faults.join()).toContain('Content Security Policy');
    await opened.page.context().close();
  });
});
