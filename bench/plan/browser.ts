// Runs whose tokens are received by a page: default loads, and the limits of a browser.

import { armName, mostStreamsInPage, type Arm } from '../contract/arms/arms.ts';
import { isBrowser } from '../contract/arms/stacks.ts';
import { transports } from '../contract/arms/transports.ts';
import { BenchError } from '../contract/errors.ts';
import type { Plan } from '../contract/run-file.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import type { Workload } from '../contract/workload.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import type { Preset, PresetName } from './presets.ts';
import { usageError } from './quantities.ts';

type BrowserSize = Pick<Preset, 'connections' | 'warmupNs' | 'windowNs'>;

/**
 * Fewer streams than elsewhere, since a page has room for six, and so longer windows. All other
 * values are the preset's.
 */
export const browserSizes: Record<PresetName, BrowserSize> = {
  smoke: { connections: [2], warmupNs: 500 * NS_PER_MS, windowNs: 1 * NS_PER_S },
  quick: { connections: [4], warmupNs: 800 * NS_PER_MS, windowNs: 5 * NS_PER_S },
  standard: { connections: [4], warmupNs: 2 * NS_PER_S, windowNs: 10 * NS_PER_S },
  publication: { connections: [4], warmupNs: 3 * NS_PER_S, windowNs: 30 * NS_PER_S },
};

/**
 * Workload `steady` in a browser, before flags: short answers of a fast model, so that few streams
 * have many starts and tokens.
 */
export const browserWorkload = {
  tokensPerSecond: 50,
  tokensPerStream: 40,
} as const satisfies Partial<Workload>;

export function hasBrowser({ arms }: { readonly arms: readonly Pick<Arm, 'client'>[] }): boolean {
  return arms.some(({ client }) => isBrowser(client));
}

/**
 * A stream beyond the limit would wait in the browser for another to end, and look slow. Slots hold
 * one stream at a time, and the next is planned for some time after the end of the previous one; if
 * a late end makes them overlap, a gate of the trial reports it.
 * @throws BenchError LIMIT or USAGE that names the flag
 */
export function checkBrowser(
  { browserLimits, arms, loadPoints, clientProcesses = 1 }: Plan,
  { browser }: Pick<RunFlags, 'browser'>,
): void {
  if (!hasBrowser({ arms })) {
    if (browser !== undefined)
      throw usageError(
        '--browser',
        browser,
        'an arm that is received by one: add --client browser',
      );
    return;
  }
  if (clientProcesses > 1)
    throw usageError(
      '--client-processes',
      String(clientProcesses),
      '1 with --client browser: one page receives',
    );
  // That scenario measures what happens to streams beyond the limit.
  if (browserLimits !== undefined) return;
  const most = Math.max(...loadPoints.map(({ connections }) => connections));
  for (const arm of arms.filter(({ client }) => isBrowser(client))) {
    const { inBrowser } = transports[arm.transport];
    const mostStreams = mostStreamsInPage(arm);
    if (inBrowser === undefined || mostStreams === undefined || most <= mostStreams) continue;
    const { counted } = inBrowser;
    throw new BenchError(
      'LIMIT',
      `--connections ${most}: Chromium opens at most ${mostStreams} ${counted}, and ${armName(arm)} needs one for each stream`,
      {
        hint: `this limit is the browser's, not the machine's: ask for at most ${mostStreams}, or measure more streams with --client probe or library`,
      },
    );
  }
}
