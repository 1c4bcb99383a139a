// The program as a user runs it: real processes, real sockets, short trials.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from './analysis/analysis.ts';
import { CliFolder, type Ended } from './cli-fixture.ts';
import type { CompletedTrial } from './contract/run-file.ts';
import { childrenOf, isAlive } from './processes-fixture.ts';

const short = ['run', '--preset', 'smoke', '--connections', '10', '--warmup', '500ms', '--duration', '500ms', '--seed', '7'];
const place = new CliFolder();
const { path: folder, run: streamduel } = place;

afterAll(() => place[Symbol.dispose]());

async function childProcesses(parent: ChildProcess): Promise<{ server: number; client: number }> {
  let found: { server: number; client: number } | undefined;
  await expect
    .poll(
      () => {
        const children = childrenOf(parent.pid!);
        const server = children.find(({ command }) => command.includes('servers/main.ts'))?.pid;
        const client = children.find(({ command }) => command.includes('clients/main.ts'))?.pid;
        if (server !== undefined && client !== undefined) found = { server, client };
        return found;
      },
      { timeout: 20_000, interval: 20 },
    )
    .toBeDefined();
  return found!;
}

describe('a finished run', () => {
  let ended: Ended;
  let analysis: Analysis;

  beforeAll(async () => {
    ended = await streamduel(...short, '--transports', 'sse,ws,tcp', '--name', 'whole', '--json');
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
      // Besides payloads and resume ids the server wrote only the framing of the specifications: small chunks, small frames.
      const { modelBytes, modelTokenBytes, payloadBytes, modelIdBytes = 0, tokensReceived } = client;
      const tokenBytes = server.bytesWritten - server.headBytes - (modelBytes - modelTokenBytes);
      expect((tokenBytes - payloadBytes - modelIdBytes) / tokensReceived).toBe({ sse: 14, ws: 2, tcp: 1 }[trial.arm.transport]);
      expect(modelIdBytes > 0).toBe(trial.arm.transport === 'sse');
      expect(gates.filter((gate) => gate.kind === 'correctness' && !gate.ok)).toEqual([]);
    }
  });

  it('exits with 0, or with 1 when the machine was too busy for its gates, and never prints a verdict', () => {
    const isLimited = analysis.loadPoints.some((point) => point.harnessLimited.length > 0);
    expect(ended.code).toBe(isLimited ? 1 : 0);
    const kinds = analysis.loadPoints.flatMap((point) => point.comparisons.map(({ verdict }) => verdict.kind));
    expect(kinds.filter((kind) => kind === 'better' || kind === 'equivalent' || kind === 'size-uncertain')).toEqual([]);
  });

  it('shows plain progress lines where there is no terminal', () => {
    expect(ended.stderr).toMatch(/^trial 1\/6 · block 1 of 2, (sse|ws|tcp) · done · about \d+ s left$/m);
  });

  it('is rendered again bit for bit', async () => {
    const files = [
      'report.md',
      'analysis.json',
      ...readdirSync(join(place.runFolder('whole'), 'charts')).map((chart) => `charts/${chart}`),
    ];
    const read = (): string[] => files.map((file) => readFileSync(join(place.runFolder('whole'), file), 'utf8'));
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
    const refused = await streamduel('run', '--continue', place.runFolder('whole'), '--connections', '20');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--connections cannot be changed by --continue')]);
  });

  it('that was damaged is refused with file and line', async () => {
    const damaged = join(folder, 'damaged');
    mkdirSync(damaged);
    const lines = readFileSync(join(place.runFolder('whole'), 'run.ndjson'), 'utf8').split('\n');
    writeFileSync(join(damaged, 'run.ndjson'), [lines[0], lines[1]!.slice(5), ...lines.slice(2)].join('\n'));
    const { code, stderr } = await streamduel('report', damaged);
    expect(code).toBe(2);
    expect(stderr).toContain('damaged/run.ndjson:2');
  });
});

it('library clients and the openai payload verify every stream too', async () => {
  const { code } = await streamduel(...short, '--blocks', '1', '--client', 'library', '--payload', 'openai', '--name', 'library');
  expect([0, 1]).toContain(code);
  for (const trial of place.readTrials('library')) {
    expect(trial).toMatchObject({ outcome: 'completed', client: { corrupt: 0, lost: 0, hashMismatches: 0 } });
    const gates = trial.outcome === 'completed' ? trial.gates : [];
    expect(gates.find((gate) => gate.id === 'C2')).toMatchObject({ value: 0, ok: true });
  }
});

it('a text file becomes a workload of its own, with its tokens kept in the run folder', async () => {
  writeFileSync(join(folder, 'mine.txt'), 'Grüße aus dem eigenen Text, 你好, 🦀 and more words to stream.\n'.repeat(5));
  await streamduel(...short, '--blocks', '1', '--workload', 'mine.txt', '--name', 'mine', '--quiet');
  expect(place.readTrials('mine').every((trial) => trial.outcome === 'completed')).toBe(true);
  expect(existsSync(join(place.runFolder('mine'), 'tokens.json'))).toBe(true);
});

it('Ctrl-C stops the children, keeps finished trials, reports what there is and exits with 130', async () => {
  const run = place.start(...short, '--blocks', '50', '--name', 'stopped');
  await expect.poll(run.printed, { timeout: 30_000 }).toContain('trial 2/');
  const children = await childProcesses(run.child);
  run.child.kill('SIGINT');
  const { code, stdout, stderr } = await run.ended;
  expect(code).toBe(130);
  expect(stderr).toContain('go on with: streamduel run --continue');
  expect(stdout).toContain('report.md');
  expect(place.readTrials('stopped').length).toBeGreaterThanOrEqual(2);
  expect([isAlive(children.server), isAlive(children.client)]).toEqual([false, false]);
});

it('children do not outlive a parent that was killed', async () => {
  const run = place.start(...short, '--blocks', '50', '--name', 'killed');
  const children = await childProcesses(run.child);
  run.child.kill('SIGKILL');
  await run.ended;
  await expect.poll(() => [isAlive(children.server), isAlive(children.client)], { timeout: 10_000 }).toEqual([false, false]);
});

it.each(['server', 'client'] as const)(
  'a %s that dies in a trial makes it a failed one; the run goes on and exits with 1',
  async (which) => {
    const run = place.start(...short, '--name', `dead-${which}`, '--duration', '2s');
    const children = await childProcesses(run.child);
    process.kill(children[which], 'SIGKILL');
    const { code, stdout } = await run.ended;
    const trials = place.readTrials(`dead-${which}`);
    expect(code).toBe(1);
    expect(trials.map((trial) => trial.outcome)).toEqual(['failed', 'completed', 'completed', 'completed']);
    expect(trials[0]).toMatchObject({
      failure: { code: 'CHILD_DIED', message: expect.stringContaining(`${which} process ended by SIGKILL`) as string },
    });
    expect(stdout + readFileSync(join(place.runFolder(`dead-${which}`), 'report.md'), 'utf8')).toContain('ended by SIGKILL');
  },
);

it('a port in use ends the run with the address and the remedy', async () => {
  const blocker = createServer();
  blocker.listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as AddressInfo;
  const { code, stderr } = await streamduel(...short, '--name', 'taken', '--port', String(port), '--quiet');
  blocker.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`cannot listen on 127.0.0.1:${port}`);
  expect(stderr).toContain('choose another --port');
});

it.each([
  [['run', '--speed', 'fast'], 'unknown option', '--speed'],
  [['run', 'storm'], 'there is no scenario "storm"', 'known: stream'],
  [['run', '--transports', 'sse,quic'], 'there is no transport "quic"', 'known: sse, ws, tcp'],
  [['run', '--preset', 'slow'], 'there is no preset "slow"', 'known: smoke, quick, standard, publication'],
  [['run', '--connections', '0'], '--connections 0', 'a whole number from 1'],
  [['run', '--connections', '100000'], '--connections 100000', 'open files'],
  [['run', '--rate', '0'], '--rate 0', 'a number above 0'],
  [['run', '--duration', '10'], '--duration 10', 'with its unit'],
  [['run', '--name', '../up'], '--name ../up', 'letters'],
  [['run', '--port', '70000'], '--port 70000', '65535'],
  [['run', 'reconnect', '--port', '8080'], '--port 8080', 'several trials run side by side'],
  [['run', 'reconnect', '--faults', 'flood'], 'there is no fault "flood"', 'known: graceful-close'],
  [['run', '--policy', 'both'], '--policy both', 'breaks nothing'],
  [['list', 'everything'], 'there is no list "everything"', 'known: scenarios'],
  [['walk'], 'unknown command', 'walk'],
])('%j is a usage error that says what and what instead', async (words, what, instead) => {
  const { code, stdout, stderr } = await streamduel(...words);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(what);
  expect(stderr).toContain(instead);
  expect(stderr).not.toContain('    at ');
});

it.each([
  [['report', 'nowhere'], 2, 'nowhere/run.ndjson', 'name a folder'],
  [['compare', 'nowhere'], 2, 'nowhere/run.ndjson', 'name a folder'],
  [['run', '--continue', 'nowhere'], 2, 'nowhere/run.ndjson', 'name a folder'],
  [['run', '--out', '/dev/null/x', '--preset', 'smoke'], 1, 'cannot write /dev/null/x', '--out'],
])('%j fails with %i and names the place', async (words, exitCode, what, instead) => {
  const { code, stderr } = await streamduel(...words);
  expect(code).toBe(exitCode);
  expect(stderr).toContain(what);
  expect(stderr).toContain(instead);
});

it('list and help say what there is', async () => {
  const all = await streamduel('list');
  for (const name of ['stream', 'sse', 'probe', 'steady', 'openai', 'quick', 'delivery.p99']) expect(all.stdout).toContain(`  ${name} `);
  const help = await streamduel('run', '--help');
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('--connections <list>');
});

it('an unfinished line in the middle is not taken for a torn end', async () => {
  const path = join(place.runFolder('mine'), 'run.ndjson');
  appendFileSync(path, '{"kind":"trial"}\n');
  const { code, stderr } = await streamduel('report', place.runFolder('mine'));
  expect(code).toBe(2);
  expect(stderr).toContain('run.ndjson:4');
});
