// Whole streams in a closed loop, and the canary, as a user runs them.

import { expect, it } from 'vitest';
import { CliFolder } from './cli-fixture.ts';

const short = [
  '--preset',
  'smoke',
  '--blocks',
  '1',
  '--duration',
  '1s',
  '--warmup',
  '500ms',
  '--seed',
  '1',
] as const;

it('a closed loop is measured by probe and load generator, and its report says that it is one', async () => {
  using folder = new CliFolder();
  await folder.run('run', 'completions', ...short, '--connections', '4', '--name', 'loop');
  const trials = folder.readTrials('loop');
  expect(trials.map(({ outcome }) => outcome)).toEqual([
    'completions',
    'completions',
    'completions',
  ]);
  for (const trial of trials) {
    if (trial.outcome !== 'completions') continue;
    const { streams, tokens, client, server } = trial.completions;
    expect(streams).toBeGreaterThan(4);
    expect(tokens).toBe(150 * streams);
    expect(client.errors).toEqual([]);
    expect(server.streamsFinished).toBeGreaterThanOrEqual(client.streamsWhole);
    expect(trial.distributions.completionNs?.count).toBe(streams);
    // A stream has 149 gaps of half a millisecond on average; their sum varies by a few per cent.
    expect(trial.distributions.completionNs?.values[0]).toBeGreaterThan(60e6);
    expect(trial.gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
  }
  expect(folder.readReport('loop')).toContain('> **CLOSED LOOP**');
});

it('a canary is timed before and beside the streams, over SSE and WebSocket but not over the null arm', async () => {
  using folder = new CliFolder();
  const { stderr } = await folder.run(
    'run',
    'stream',
    ...short,
    '--connections',
    '5',
    '--transports',
    'sse,ws,tcp',
    '--canary',
    '--name',
    'canary',
  );
  const byTransport = new Map(
    folder.readTrials('canary').map((trial) => [trial.arm.transport, trial]),
  );
  for (const transport of ['sse', 'ws'] as const) {
    const trial = byTransport.get(transport);
    if (trial?.outcome !== 'completed') throw new Error(`no trial over ${transport}: ${stderr}`);
    const { canary } = trial;
    // 50 requests a second; the last tenth of the window's second is left out, and a busy machine
    // may delay some.
    expect(canary?.loaded.requests).toBeGreaterThan(30);
    expect(canary?.loaded.requests).toBeLessThan(60);
    expect([canary?.idle.errors, canary?.loaded.errors]).toEqual([0, 0]);
    // The canary's connections are closed by then: the kernel counts only those of the streams.
    expect(trial.tcp?.sockets ?? 5).toBeLessThanOrEqual(5);
  }
  const floor = byTransport.get('tcp');
  expect(floor?.outcome === 'completed' && floor.canary).toBeUndefined();
  expect(folder.readReport('canary')).toContain('## The canary');
});
