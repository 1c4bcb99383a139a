// Opens report.html of the reference runs in a real browser: nothing runs and nothing is fetched,
// nothing overflows on a phone, and axe finds no fault, in light and in dark.

import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publish } from './commands/publish.ts';
import { chromiumArguments, findChromium } from './contract/chromium.ts';
import { projectPath } from './contract/program.ts';
import { isUntested, whyNoBrowser } from './missing-fixture.ts';
import { heading, section } from './report/blocks.ts';
import { renderHtmlPage } from './report/formats/html-page.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 375, height: 700 };
const MOST_BYTES = 1.5 * 1024 * 1024;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

describe.skipIf(isUntested('pages of reports', whyNoBrowser()))('report.html', () => {
  let folder = '';
  let browser: Browser;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'report-page-'));
    for (const name of ['standard', 'matrix']) {
      cpSync(projectPath(`reports/reference/${name}`), join(folder, name), { recursive: true });
      await publish(join(folder, name));
    }
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: [...chromiumArguments],
    });
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

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

  describe.each(['standard', 'matrix'])('of %s', (name) => {
    it('is one small file that asks for nothing else', async () => {
      const file = join(folder, name, 'report.html');
      expect(statSync(file).size).toBeLessThan(MOST_BYTES);
      const { page, requests, faults } = await open(file);
      expect(requests).toEqual([pathToFileURL(file).href]);
      expect(faults).toEqual([]);
      expect(await page.locator('figure svg').count()).toBeGreaterThan(0);
      expect(await page.locator('h2').first().isVisible()).toBe(true);
      await page.context().close();
    });

    it.each([false, true])('has no fault that axe finds (dark: %s)', async (dark) => {
      const { page } = await open(join(folder, name, 'report.html'), { dark });
      await page.evaluate(axe);
      const violations = (await page.evaluate(
        'axe.run(document).then(({ violations }) => violations)',
      )) as readonly Violation[];
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      await page.context().close();
    });

    it('does not overflow on a phone, where wide tables scroll by themselves', async () => {
      const { page } = await open(join(folder, name, 'report.html'), { phone: true });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
      await page.context().close();
    });
  });

  it('what a hostile server says is shown and does not run', async () => {
    const hostile = [
      '<script>document.title = "run"</script>',
      '<img src=x onerror="document.title = \'run\'">',
      '[link](javascript:document.title="run")',
      '</style></section><svg onload="document.title=\'run\'">',
    ].join(' ');
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

  it('even markup that got in could not run: the policy of the page forbids it', async () => {
    const file = join(folder, 'injected.html');
    const page = renderHtmlPage({ blocks: [heading(1, 'Report')], svgOf: () => undefined });
    writeFileSync(file, page.replace('</main>', '<script>document.title = "run"</script></main>'));
    const opened = await open(file);
    expect(await opened.page.title()).toBe('Report');
    expect(opened.faults.join()).toContain('Content Security Policy');
    await opened.page.context().close();
  });
});
