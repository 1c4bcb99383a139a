// A run whose streams arrive by a trace, as a user makes it: real processes and sockets, one short
// block, ended again from where it was torn off.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CliFolder } from './cli-fixture.ts';
import type { CompletedTrial, RunHeader } from './contract/run-file.ts';

const place = new CliFolder();
afterAll(() => place[Symbol.dispose]());

/** Bursts of three streams every 200 ms, of 1 to 12 tokens. */
const rows = Array.from({ length: 60 }, (_, row) =>
  JSON.stringify({
    timestamp: 400 * Math.floor(row / 3),
    input_length: 100,
    output_length: 1 + (row % 12),
  }),
);

beforeAll(async () => {
  writeFileSync(join(place.path, 'bursts.jsonl'), rows.join('\n'));
  const flags =
    'run --preset smoke --blocks 1 --seed 7 --name trace --quiet --arrivals bursts.jsonl:×2' +
    ' --warmup 500ms --duration 1s --rate 100 --client-processes 2';
  await place.run(...flags.split(' '));
});

const headerOf = (name: string): RunHeader =>
  JSON.parse(
    readFileSync(join(place.runFolder(name), 'run.ndjson'), 'utf8').split('\n')[0] ?? '',
  ) as RunHeader;

it('begins every stream of the trace in the trial, with its length, in both arms', () => {
  const { plan } = headerOf('trace');
  expect(plan.arrivals).toMatchObject({ kind: 'trace', rows: 60, speed: 2, sameTimeRows: 40 });
  // The trial has 1.5 s and a tail of 250 ms: nine bursts, at 0, 0.2 … 1.6 s.
  const streams = 27;
  const lengths = Array.from({ length: streams }, (_, row) => 1 + (row % 12));
  const trials = place.readTrials('trace');
  expect(trials).toHaveLength(2);
  for (const trial of trials) {
    expect(trial.outcome).toBe('completed');
    const { client, arrivals, gates } = trial as CompletedTrial;
    expect(client).toMatchObject({ streamsPlanned: streams, streamsStarted: streams });
    expect(client.streamsVerified).toBe(streams);
    const asked = lengths.reduce((sum, tokens) => sum + tokens, 0);
    expect(client.tokensReceived + (arrivals?.cutTokens ?? 0)).toBe(asked);
    expect(gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
    expect(gates.find(({ id }) => id === 'H3')?.limit).toBe(1e6);
    expect(gates.find(({ id }) => id === 'H6')?.note).toContain('no Poisson process');
    // Bursts at 0.6, 0.8 … 1.4 s are in the window for certain; that at 0.5 s would be on its edge.
    expect(arrivals?.windowStarts).toBe(15);
    expect(arrivals?.mostAtOnce).toBeGreaterThanOrEqual(3);
  }
});

it('says in its report how streams arrived, and how to repeat it', () => {
  const report = place.readReport('trace');
  expect(report).toContain('## How streams arrived');
  expect(report).toContain('has 60 rows over 7.6 s: the first 27 begin within a trial');
  expect(headerOf('trace').command).toContain(' --arrivals bursts.jsonl:x2 ');
});

it('goes on with --continue although the trace is gone', async () => {
  const path = join(place.runFolder('trace'), 'run.ndjson');
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, `${lines.slice(0, 2).join('\n')}\n`);
  writeFileSync(join(place.path, 'bursts.jsonl'), 'another trace');
  const { stderr } = await place.run('run', '--continue', place.runFolder('trace'), '--quiet');
  expect(stderr).toBe('');
  expect(place.readTrials('trace').map(({ trial }) => trial)).toEqual([0, 1]);
});
