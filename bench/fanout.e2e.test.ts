// One source with many subscribers, as a user measures it.

import { afterAll, expect, it } from 'vitest';
import { isSteady } from './analysis/measured-trials.ts';
import { CliFolder, runMain } from './cli-fixture.ts';
import type { CompletedTrial } from './contract/run-file.ts';

const place = new CliFolder();
afterAll(() => place[Symbol.dispose]());

const SUBSCRIBERS = 20;
const short = ['--preset', 'smoke', '--connections', String(SUBSCRIBERS), '--seed', '7', '--quiet'];

const missed = ({ gates }: CompletedTrial): string[] =>
  gates.filter(({ kind, ok }) => kind === 'correctness' && !ok).map(({ id }) => id);

it('every subscriber gets every message, over both transports, and the report says how far apart', async () => {
  const { stdout, stderr } = await place.run('run', 'fanout', ...short, '--name', 'fanout');
  expect(stderr).toBe('');
  expect(stdout).toContain(
    'From the first to the last subscriber (median), 20 connections, 50 messages/s: SSE',
  );
  const trials = place.readTrials('fanout').filter(isSteady);
  expect(trials).toHaveLength(6);
  for (const trial of trials) {
    const { messagesPerSecond = 0, stopped = 0 } = trial.loadPoint;
    expect(missed(trial)).toEqual([]);
    expect(trial.missingStamps).toBe(0);
    expect(trial.broadcast?.messages).toBe(messagesPerSecond);
    expect(trial.planned.windowTokens).toBe(messagesPerSecond * (SUBSCRIBERS - stopped));
    expect(trial.client.streamsVerified).toBe(SUBSCRIBERS - stopped);
    expect(trial.stall?.stopped).toBe(stopped === 0 ? undefined : 1);
    expect(trial.distributions.spreadNs?.values[0]).toBeGreaterThan(0);
  }
  expect(place.readReport('fanout')).toContain(
    '## What one subscriber who does not read costs the others',
  );
});

it.each([
  [['--rate', '5'], '--rate 5'],
  [['--tokens', '5'], '--tokens 5'],
  [['--connections', '1'], '--connections 1'],
] as const)('%j is refused by name', async (words, named) => {
  const { code, stderr } = await runMain('run', 'fanout', '--quiet', ...words);
  expect(code).toBe(2);
  expect(stderr).toContain(named);
});
