// A first run as a user makes it, its report, and its end from where it was torn off: real
// processes, real sockets, short trials.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from './analysis/analysis.ts';
import { cli, CliFolder, shortRun, type Ended } from './cli-fixture.ts';
import type { CompletedTrial } from './contract/run-file.ts';

const place = new CliFolder();
const { path: folder, run: streamduel } = place;

afterAll(() => place[Symbol.dispose]());

describe('a finished run', () => {
  let ended: Ended;
  let analysis: Analysis;

  beforeAll(async () => {
    ended = await streamduel(
      ...shortRun,
      '--transports',
      'sse,ws,tcp',
      '--name',
      'whole',
      '--json',
    );
    analysis = JSON.parse(ended.stdout) as Analysis;
  });

  it('completes every trial without a fault and with the bytes of the model', () => {
    const trials = place.readTrials('whole');
    expect(trials).toHaveLength(2 * 3);
    for (const trial of trials) {
      expect(trial).toMatchObject({
        outcome: 'completed',
        missingStamps: 0,
        client: { lost: 0, duplicated: 0, reordered: 0, corrupt: 0, errors: [] },
      });
      const { client, server, gates } = trial as CompletedTrial;
      expect(client.streamsVerified).toBe(client.streamsPlanned);
      expect(server.bytesWritten - server.headBytes).toBe(client.modelBytes);
      expect(client.bytesRead).toBe(server.bytesWritten);
      // Besides payloads and resume ids the server wrote only the framing of the specifications:
      // small chunks, small frames.
      const {
        modelBytes = 0,
        modelTokenBytes = 0,
        payloadBytes,
        modelIdBytes = 0,
        tokensReceived,
      } = client;
      const tokenBytes = server.bytesWritten - server.headBytes - (modelBytes - modelTokenBytes);
      expect((tokenBytes - payloadBytes - modelIdBytes) / tokensReceived).toBe(
        { sse: 14, ws: 2, tcp: 1 }[trial.arm.transport as 'sse' | 'ws' | 'tcp'],
      );
      expect(modelIdBytes > 0).toBe(trial.arm.transport === 'sse');
      expect(gates.filter((gate) => gate.kind === 'correctness' && !gate.ok)).toEqual([]);
    }
  });

  it('exits with 0, or with 1 when the machine was too busy for its gates, and never prints a verdict', () => {
    const isLimited = analysis.loadPoints.some((point) => point.harnessLimited.length > 0);
    expect(ended.code).toBe(isLimited ? 1 : 0);
    const kinds = analysis.loadPoints.flatMap((point) =>
      point.comparisons.map(({ verdict }) => verdict.kind),
    );
    expect(
      kinds.filter(
        (kind) => kind === 'better' || kind === 'equivalent' || kind === 'size-uncertain',
      ),
    ).toEqual([]);
  });

  it('shows plain progress lines where there is no terminal', () => {
    expect(ended.stderr).toMatch(
      /^trial 1\/6 · block 1 of 2, (sse|ws|tcp) · done · about \d+ s left$/m,
    );
  });

  it('is rendered again bit for bit', async () => {
    const files = [
      'report.md',
      'analysis.json',
      ...readdirSync(join(place.runFolder('whole'), 'charts')).map((chart) => `charts/${chart}`),
    ];
    const read = (): string[] =>
      files.map((file) => readFileSync(join(place.runFolder('whole'), file), 'utf8'));
    const before = read();
    const { stdout } = await streamduel('report', place.runFolder('whole'), '--format', 'md');
    expect(read()).toEqual(before);
    expect(stdout).toBe(before[0]);
  });

  it('goes on from a torn file with --continue, to the same plan', async () => {
    const path = join(place.runFolder('whole'), 'run.ndjson');
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${lines.slice(0, 4).join('\n')}\n${lines[4]!.slice(0, 100)}`);
    const continued = await streamduel('run', '--continue', place.runFolder('whole'), '--quiet');
    expect(continued.stderr).toBe('');
    expect(place.readTrials('whole').map((trial) => trial.trial)).toEqual([0, 1, 2, 3, 4, 5]);
    const refused = await streamduel(
      'run',
      '--continue',
      place.runFolder('whole'),
      '--connections',
      '20',
    );
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('--connections cannot be changed by --continue'),
    ]);
  });

  it('that was damaged is refused with file and line', async () => {
    const damaged = join(folder, 'damaged');
    mkdirSync(damaged);
    const lines = readFileSync(join(place.runFolder('whole'), 'run.ndjson'), 'utf8').split('\n');
    writeFileSync(
      join(damaged, 'run.ndjson'),
      [lines[0], lines[1]!.slice(5), ...lines.slice(2)].join('\n'),
    );
    const { code, stderr } = await streamduel('report', damaged);
    expect(code).toBe(2);
    expect(stderr).toContain('damaged/run.ndjson:2');
  });
});

it('library clients and the openai payload verify every stream too', async () => {
  const { code } = await streamduel(
    ...shortRun,
    '--blocks',
    '1',
    '--client',
    'library',
    '--payload',
    'openai',
    '--name',
    'library',
  );
  expect([0, 1]).toContain(code);
  for (const trial of place.readTrials('library')) {
    expect(trial).toMatchObject({
      outcome: 'completed',
      client: { corrupt: 0, lost: 0, hashMismatches: 0 },
    });
    const gates = trial.outcome === 'completed' ? trial.gates : [];
    expect(gates.find((gate) => gate.id === 'C2')).toMatchObject({ value: 0, ok: true });
  }
});

it('a reader that has seen enough is no failure', () => {
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', `"${process.execPath}" "${cli}" list metrics | head -1`],
    { encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
});
