import { expect, it } from 'vitest';
import type { Arm } from '../contract/arms/arms.ts';
import type { BrowserTally } from '../contract/browser.ts';
import type { CompletedTrial } from '../contract/run-file.ts';
import { analyseBrowser, whyUnseen } from './browser-analysis.ts';
import { describeTrial } from './trial-fixture.ts';
import { streamReading } from '../scenarios/stream/reading.ts';

const arm: Arm = { transport: 'sse', client: 'browser', path: 'direct' };
const loadPoint = { connections: 4 };

function trialOf(browser: Partial<BrowserTally>, trial: number): CompletedTrial {
  const bound = { exchanges: 400, lowNs: -100_000, highNs: 100_000 };
  const usual: BrowserTally = {
    version: 'Chrome/1',
    isIsolated: true,
    resolutionNs: 5000,
    clock: { before: bound, after: bound },
    mostOpenStreams: 4,
  };
  const described = describeTrial('sse', () => 1);
  const place = { trial, block: trial, burnIn: false, order: 0, arm, loadPoint };
  return {
    ...described,
    ...place,
    client: { ...described.client, browser: { ...usual, ...browser } },
  };
}

it('of several trials the coarsest clock and the worst uncertainty are kept, and clocks that moved are counted', () => {
  const bound = { exchanges: 400, lowNs: -300_000, highNs: 200_000 };
  const moved = { exchanges: 400, lowNs: 500_000, highNs: 700_000 };
  const completed = [
    trialOf({}, 0),
    trialOf({ clock: { before: bound, after: bound } }, 1),
    trialOf(
      {
        resolutionNs: 100_000,
        isIsolated: false,
        version: 'Chrome/2',
        clock: { before: bound, after: moved },
      },
      2,
    ),
  ];
  const point = {
    loadPoint,
    arms: [{ name: 'sse/browser', arm, isNullArm: false, completed, failed: 0 }],
  } as const;
  expect(analyseBrowser([point], streamReading)).toEqual({
    arms: [
      {
        arm: 'sse/browser',
        versions: ['Chrome/1', 'Chrome/2'],
        isIsolated: false,
        resolutionNs: 100_000,
        uncertaintyNs: { median: 300_000, worst: 700_000 },
        moved: 1,
        trials: 3,
      },
    ],
  });
});

it('a run without a page has no such part', () => {
  const probe = { ...arm, client: 'probe' } as const;
  const point = {
    loadPoint,
    arms: [{ name: 'sse', arm: probe, isNullArm: false, completed: [], failed: 0 }],
  } as const;
  expect(analyseBrowser([point], streamReading)).toBeUndefined();
});

it('a scenario in which a browser does something else has no such part', () => {
  const point = {
    loadPoint,
    arms: [{ name: 'sse/browser', arm, isNullArm: false, completed: [], failed: 0 }],
  };
  expect(analyseBrowser([point], { metrics: [] })).toBeUndefined();
});

it('what a page hides is told from what was too little', () => {
  expect(whyUnseen('connect.p50', arm)).toBe('cannot be seen of a page');
  expect(whyUnseen('bytes.token.wire', arm)).toBe(
    'a browser keeps its connections: they carried other streams, too',
  );
  expect(whyUnseen('bytes.token.wire', { ...arm, transport: 'ws' })).toBeUndefined();
  expect(whyUnseen('delivery.p99', arm)).toBeUndefined();
  expect(whyUnseen('connect.p50', { ...arm, client: 'library' })).toBeUndefined();
});
