// The program as a user runs it: real processes, real sockets, short trials.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CliFolder, shortRun } from './cli-fixture.ts';
import { childrenOf, isAlive } from './processes-fixture.ts';

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

it('a text file becomes a workload of its own, with its tokens kept in the run folder', async () => {
  writeFileSync(
    join(folder, 'mine.txt'),
    'Grüße aus dem eigenen Text, 你好, 🦀 and more words to stream.\n'.repeat(5),
  );
  await streamduel(
    ...shortRun,
    '--blocks',
    '1',
    '--workload',
    'mine.txt',
    '--name',
    'mine',
    '--quiet',
  );
  expect(place.readTrials('mine').every((trial) => trial.outcome === 'completed')).toBe(true);
  expect(existsSync(join(place.runFolder('mine'), 'tokens.json'))).toBe(true);
});

it('Ctrl-C stops the children, keeps finished trials, reports what there is and exits with 130', async () => {
  const run = place.start(...shortRun, '--blocks', '50', '--name', 'stopped');
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
  const run = place.start(...shortRun, '--blocks', '50', '--name', 'killed');
  const children = await childProcesses(run.child);
  run.child.kill('SIGKILL');
  await run.ended;
  await expect
    .poll(() => [isAlive(children.server), isAlive(children.client)], { timeout: 10_000 })
    .toEqual([false, false]);
});

it.each(['server', 'client'] as const)(
  'a %s that dies in a trial makes it a failed one; the run goes on and exits with 1',
  async (which) => {
    const run = place.start(...shortRun, '--name', `dead-${which}`, '--duration', '2s');
    const children = await childProcesses(run.child);
    process.kill(children[which], 'SIGKILL');
    const { code, stdout } = await run.ended;
    const trials = place.readTrials(`dead-${which}`);
    expect(code).toBe(1);
    expect(trials.map((trial) => trial.outcome)).toEqual([
      'failed',
      'completed',
      'completed',
      'completed',
    ]);
    expect(trials[0]).toMatchObject({
      failure: {
        code: 'CHILD_DIED',
        message: expect.stringContaining(`${which} process ended by SIGKILL`) as string,
      },
    });
    expect(
      stdout + readFileSync(join(place.runFolder(`dead-${which}`), 'report.md'), 'utf8'),
    ).toContain('ended by SIGKILL');
  },
);

it('a port in use ends the run with the address and the remedy', async () => {
  const blocker = createServer();
  blocker.listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as AddressInfo;
  const { code, stderr } = await streamduel(
    ...shortRun,
    '--name',
    'taken',
    '--port',
    String(port),
    '--quiet',
  );
  blocker.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`cannot listen on 127.0.0.1:${port}`);
  expect(stderr).toContain('choose another --port');
});

it.each([
  [['run', '--speed', 'fast'], 2, 'unknown option', '--speed'],
  [['run', '--connections', '100000'], 2, '--connections 100000', 'open files'],
  [['run', '--out', '/dev/null/x', '--preset', 'smoke'], 1, 'cannot write /dev/null/x', '--out'],
])('%j exits with %i and says what and what instead', async (words, exitCode, what, instead) => {
  const { code, stdout, stderr } = await streamduel(...words);
  expect([code, stdout]).toEqual([exitCode, '']);
  expect(stderr).toContain(what);
  expect(stderr).toContain(instead);
});

it('an unfinished line in the middle is not taken for a torn end', async () => {
  const path = join(place.runFolder('mine'), 'run.ndjson');
  appendFileSync(path, '{"kind":"trial"}\n');
  const { code, stderr } = await streamduel('report', place.runFolder('mine'));
  expect(code).toBe(2);
  expect(stderr).toContain('run.ndjson:4');
});
