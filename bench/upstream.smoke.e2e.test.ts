// Tokens from a process that simulates the model, and arms that write as the other transport's
// library does.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliFolder, type Ended } from './cli-fixture.ts';
import { armName } from './contract/arms/arms.ts';
import type { CompletedTrial } from './contract/run-file.ts';

const place = new CliFolder();
const short = [
  'run',
  '--preset',
  'smoke',
  '--connections',
  '10',
  '--warmup',
  '500ms',
  '--duration',
  '500ms',
  '--blocks',
  '1',
  '--seed',
  '7',
];

afterAll(() => place[Symbol.dispose]());

describe.each([
  {
    name: 'by-upstream',
    flags: ['--source', 'upstream', '--transports', 'sse,ws,tcp'],
    arms: ['sse', 'tcp', 'ws'],
  },
  {
    name: 'written',
    flags: ['--transports', 'sse,sse+at-once,ws,ws+corked'],
    arms: ['sse', 'sse+at-once', 'ws', 'ws+corked'],
  },
])('$name', ({ name, flags, arms }) => {
  let ended: Ended;
  let trials: CompletedTrial[];

  beforeAll(async () => {
    ended = await place.run(...short, ...flags, '--name', name);
    trials = place.readTrials(name) as CompletedTrial[];
  });

  it('every arm completes with every token and the bytes of the model', () => {
    expect([...new Set(trials.map(({ arm }) => armName(arm)))].sort()).toEqual(arms);
    for (const { outcome, client, server, gates, missingStamps } of trials) {
      expect({ outcome, missingStamps, errors: client.errors }).toEqual({
        outcome: 'completed',
        missingStamps: 0,
        errors: [],
      });
      expect(client.streamsVerified).toBe(client.streamsPlanned);
      expect(server.bytesWritten - server.headBytes).toBe(client.modelBytes);
      expect(gates.filter((gate) => gate.kind === 'correctness' && !gate.ok)).toEqual([]);
    }
  });

  it('the command in the report repeats it', () => {
    const command = /streamduel run .*/.exec(place.readReport(name))?.[0];
    expect(command).toContain(flags.join(' ').replace('--source upstream ', ''));
    expect(command?.includes('--source upstream')).toBe(name === 'by-upstream');
    expect(ended.stdout).toContain(`arms ${flags.at(-1)!.replaceAll(',', ', ')}`);
    expect(ended.stdout.replaceAll(/\s+/g, ' ').includes('tokens from upstream')).toBe(
      name === 'by-upstream',
    );
  });
});

it('an upstream writes every token of the trial, has its own account, and is named among the conditions', () => {
  for (const { upstreams, server, distributions } of place.readTrials(
    'by-upstream',
  ) as CompletedTrial[]) {
    expect(upstreams?.map(({ tokensWritten }) => tokensWritten)).toEqual([server.tokensWritten]);
    expect(upstreams![0]!.use.cpuUserNs).toBeGreaterThan(0);
    expect(Object.keys(distributions)).toEqual(
      expect.arrayContaining(['dueToReadyNs', 'readyToReceivedNs']),
    );
    expect(distributions).not.toHaveProperty('turnPeriodNs');
  }
  expect(place.readReport('by-upstream')).toContain(
    'Each token comes from `--source upstream`: a process that stands for the model',
  );
});

it('the report says what each way of writing does', () => {
  const report = place.readReport('written');
  expect(report).toContain('SSE (written at once): each token leaves before the next is written.');
  expect(report).toContain('**WebSocket corked** holds the messages of a turn');
});
