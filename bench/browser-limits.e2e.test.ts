// Scenario `browser-limits` as a user runs it, with a real Chromium, which the program starts and
// ends.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { armName } from './contract/arms/arms.ts';
import type { BrowserLimitsTally } from './contract/browser-limits.ts';
import { countStreams } from './contract/browser-limits.ts';
import { CliFolder, type Ended } from './cli-fixture.ts';
import { isUntested, whyNoBrowser } from './missing-fixture.ts';

const noBrowser = isUntested('limits of a browser', whyNoBrowser());

interface MeasuredLimits {
  readonly ended: Ended;
  /** That of the first arm. */
  readonly tally: BrowserLimitsTally;
  /** By the arm's name. */
  readonly tallies: ReadonlyMap<string, BrowserLimitsTally>;
}

/** The separate folder keeps the browser's profile apart from other profiles. */
async function measure(folder: CliFolder, ...words: readonly string[]): Promise<MeasuredLimits> {
  const ended = await folder.run(
    'run',
    'browser-limits',
    '--preset',
    'smoke',
    '--seed',
    '1',
    '--name',
    'limits',
    ...words,
  );
  const tallies = new Map<string, BrowserLimitsTally>();
  for (const trial of folder.readTrials('limits')) {
    if (trial.outcome !== 'browser-limits')
      throw new Error(`no trial: ${ended.stderr}\n${JSON.stringify(trial)}`);
    expect(trial.gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
    tallies.set(armName(trial.arm), trial.browserLimits);
  }
  const [tally] = tallies.values();
  if (tally === undefined) throw new Error(`no trial: ${ended.stderr}`);
  return { ended, tally, tallies };
}

it.skipIf(noBrowser)(
  'over SSE the seventh stream waits until another is closed, and an ordinary request waits while six are open',
  async () => {
    using folder = new CliFolder();
    const { ended, tally } = await measure(folder, '--transports', 'sse', '--connections', '8');
    expect(ended.code).toBe(0);
    const { oneByOne, next, requests, atOnce, tabs } = tally;
    expect(oneByOne.map(({ state }) => state)).toEqual([
      ...Array.from({ length: 6 }, () => 'opened'),
      'waiting',
      'waiting',
    ]);
    expect(next?.fate).toBe('waits');
    expect(next?.servedAfterNs).toBeGreaterThan(0);
    expect(requests.beforeNs).toHaveLength(5);
    expect(requests.whileOpen).toMatchObject({ streams: 6, answeredNs: [] });
    expect(requests.whileOpen.afterClosingNs).toBeGreaterThan(0);
    expect(requests.afterNs).toHaveLength(5);
    expect([atOnce.opened, atOnce.waiting]).toEqual([6, 2]);
    // The limit is that of the profile, so the tabs share it.
    expect(tabs.map(({ opened }) => opened)).toEqual([4, 2]);
    expect(tally.browser).toMatch(/^Chromium \d+\./);
    expect(ended.stdout).toContain('one tab opened 6 of 8 streams');
    expect(folder.readReport('limits')).toContain('## What one browser opens');
  },
);

it.skipIf(noBrowser)(
  'over HTTP/2 one origin carries 100 streams where the server does not say how many it allows, and 256 where it allows 1000; beyond, streams and requests wait, and tabs share the limit',
  async () => {
    using folder = new CliFolder();
    const { ended, tallies } = await measure(
      folder,
      '--transports',
      'sse-h2,sse-h2:1000',
      '--connections',
      '270',
    );
    expect(ended.code).toBe(0);
    // Chromium's limits, counted: other numbers mean that the browser changed, and the
    // documentation should say so.
    for (const [arm, most, [first, second]] of [
      ['sse-h2+tls/browser', 100, [60, 40]],
      ['sse-h2:1000+tls/browser', 256, [135, 121]],
    ] as const) {
      const { oneByOne, next, requests, atOnce, tabs, serverStreams } = tallies.get(arm)!;
      expect(countStreams(oneByOne)).toMatchObject({
        asked: 270,
        opened: most,
        waiting: 270 - most,
        failures: [],
      });
      expect(serverStreams).toBe(most);
      expect(next?.fate).toBe('waits');
      expect(next?.servedAfterNs).toBeGreaterThan(0);
      expect(requests.beforeNs).not.toEqual([]);
      expect(requests.whileOpen).toMatchObject({ streams: most, answeredNs: [] });
      expect(requests.whileOpen.afterClosingNs).toBeGreaterThan(0);
      // On a busy machine a later one may take longer than the page waits.
      expect(requests.afterNs).not.toEqual([]);
      expect([atOnce.opened, atOnce.waiting]).toEqual([most, 270 - most]);
      expect(tabs.map(({ opened }) => opened)).toEqual([first, second]);
    }
    const said = ended.stdout.replaceAll(/\s+/g, ' ');
    expect(said).toContain('one tab opened 100 of 270 streams');
    expect(said).toContain('one tab opened 256 of 270 streams');
  },
);

it.skipIf(noBrowser)(
  'few WebSockets all open, and an ordinary request is answered beside them',
  async () => {
    using folder = new CliFolder();
    const { ended, tally } = await measure(folder, '--transports', 'ws', '--connections', '12');
    expect(ended.code).toBe(0);
    expect(countStreams(tally.oneByOne)).toMatchObject({
      asked: 12,
      opened: 12,
      waiting: 0,
      failures: [],
    });
    expect(tally.next).toBeUndefined();
    expect(tally.requests.whileOpen).toMatchObject({ streams: 12 });
    expect(tally.requests.whileOpen.answeredNs).toHaveLength(5);
    expect(tally.tabs.map(({ opened }) => opened)).toEqual([12, 12]);
    expect(ended.stdout).toContain('No limit was met');
  },
);

it.skipIf(noBrowser)(
  'of 300 WebSockets one tab opens 255, the next one fails, requests are answered, and two tabs open more',
  async () => {
    using folder = new CliFolder();
    const { ended, tally } = await measure(folder, '--transports', 'ws', '--connections', '300');
    expect(ended.code).toBe(0);
    // Chromium's limit, counted: another number means that the browser changed, and the README
    // should report it.
    const failures = [{ how: 'close code 1006', count: 45 }];
    expect(countStreams(tally.oneByOne)).toMatchObject({
      asked: 300,
      opened: 255,
      waiting: 0,
      failures,
    });
    expect(tally.atOnce).toMatchObject({ asked: 300, opened: 255, waiting: 0, failures });
    expect(tally.next?.fate).toBe('fails');
    expect(tally.next?.servedAfterNs).toBeGreaterThan(0);
    expect(tally.requests.whileOpen.answeredNs).toHaveLength(5);
    // Chromium decides at random beyond 256 in a profile (crbug.com/415691664): the second tab gets
    // some, and seldom as many.
    expect(tally.tabs[0].opened).toBe(255);
    expect(tally.tabs[1].opened).toBeGreaterThan(0);
    expect(tally.tabs[1].opened).toBeLessThanOrEqual(255);
  },
);

it('a browser that is not there is refused before anything starts, with what to do', async () => {
  using folder = new CliFolder();
  const { code, stderr } = await folder.run(
    'run',
    'browser-limits',
    '--browser',
    '/nowhere/chromium',
  );
  expect(code).toBe(2);
  expect(stderr).toContain('--browser /nowhere/chromium: not an executable file');
  expect(stderr).toContain('apt-get install chromium');
  expect(readdirSync(folder.path)).toEqual([]);
});

it.skipIf(noBrowser)('the browser ends with a run that is interrupted', async () => {
  using folder = new CliFolder();
  const program = folder.start(
    'run',
    'browser-limits',
    '--preset',
    'smoke',
    '--transports',
    'ws',
    '--connections',
    '300',
    '--name',
    'stopped',
  );
  await expect
    .poll(() => browsersUnder(program.child.pid), { timeout: 20_000, interval: 50 })
    .not.toEqual([]);
  const started = browsersUnder(program.child.pid);
  program.child.kill('SIGINT');
  expect((await program.ended).code).toBe(130);
  await expect
    .poll(() => started.filter((pid) => readdirSync('/proc').includes(pid)), {
      timeout: 10_000,
      interval: 50,
    })
    .toEqual([]);
});

/**
 * Process ids of Chromium among the descendants of a process, without a process that only prints
 * its version.
 */
function browsersUnder(ancestor: number | undefined): string[] {
  const processes = readdirSync('/proc').flatMap((pid) => (/^\d+$/.test(pid) ? describe(pid) : []));
  const family = new Set([String(ancestor)]);
  // Parents are listed before their children only by chance, so this takes as many rounds as there
  // are generations.
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return processes
    .filter(({ pid, name }) => family.has(pid) && name.startsWith('chrom'))
    .map(({ pid }) => pid);
}

function describe(pid: string): { pid: string; parent: string; name: string }[] {
  try {
    const [, name = '', parent = ''] =
      /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const isAsked =
      name.startsWith('chrom') &&
      !/--headless|--type=/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    return isAsked ? [] : [{ pid, parent, name }];
  } catch {
    return [];
  }
}
