// Runs over real proxies, as a user makes them: what passes is verified, what cannot pass is said,
// and nothing of a proxy stays behind.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CliFolder, runMain, shortRun } from './cli-fixture.ts';
import { proxyPath, type PathName } from './contract/arms/paths.ts';
import { proxyNames } from './contract/arms/proxies/proxies.ts';
import type { RunHeader } from './contract/run-file.ts';
import { isUntested, whyNoLabProgram } from './missing-fixture.ts';
import { groupMembers } from './path/group-members.ts';
import { childrenOf } from './processes-fixture.ts';

const place = new CliFolder();
const { run: streamduel } = place;

afterAll(() => place[Symbol.dispose]());

const noNginx = isUntested('runs over nginx', whyNoLabProgram('nginx'));

/** The first line of a run says this of its proxies. */
function toolsOf(name: string): RunHeader['environment']['tools'] {
  const [line = ''] = readFileSync(join(place.runFolder(name), 'run.ndjson'), 'utf8').split('\n');
  return (JSON.parse(line) as RunHeader).environment.tools;
}

const defectsOf = (name: string): string[] =>
  place
    .readTrials(name)
    .flatMap((trial) =>
      trial.outcome === 'failed'
        ? [trial.failure.message]
        : trial.gates
            .filter(({ kind, ok }) => kind === 'correctness' && !ok)
            .map(({ id }) => `${trial.arm.transport}@${trial.arm.path}: ${id}`),
    );

describe.skipIf(noNginx)('over nginx', () => {
  it('arms of one run go over loopback and over both of its configurations, verified', async () => {
    const name = 'mixed';
    const arms = 'sse,sse@nginx,sse@nginx-fixed,ws@nginx-fixed,ndjson@nginx-fixed';
    await streamduel(...shortRun, '--transports', arms, '--name', name);
    expect(defectsOf(name)).toEqual([]);
    for (const trial of place.readTrials(name)) {
      if (trial.outcome !== 'completed') throw new TypeError('each trial is measured');
      expect(trial.client.streamsVerified).toBe(trial.client.streamsPlanned);
      expect(trial.betweenCpuNs === undefined).toBe(trial.arm.path === 'direct');
    }
    expect(toolsOf(name)['nginx']).toMatch(/^nginx \d+\.\d+\.\d+/);
    const report = place.readReport(name);
    expect(report).toContain('## The proxies');
    expect(report).toContain('`proxy_buffering off;`');
    expect(report).toContain(`--transports ${arms} --client probe`);
  });

  it('--path puts all arms over it, and leaves out the null arm, which cannot pass', async () => {
    const name = 'common';
    const short = shortRun.map((word) => (word === 'smoke' ? 'standard' : word));
    const ended = await streamduel(
      ...short,
      '--path',
      'nginx-fixed',
      '--blocks',
      '1',
      '--no-rerun',
      '--name',
      name,
    );
    expect(ended.stderr).not.toMatch(/^error:/m);
    expect(defectsOf(name)).toEqual([]);
    const arms = new Set(place.readTrials(name).map(({ arm }) => `${arm.transport}@${arm.path}`));
    expect([...arms].toSorted()).toEqual(['sse@nginx-fixed', 'ws@nginx-fixed']);
  });

  it('a transport that it does not pass fails by name, with the answer of the server', async () => {
    const name = 'refused';
    const ended = await streamduel(...shortRun, '--transports', 'ws@nginx', '--name', name);
    expect(ended.code).toBe(1);
    const trials = place.readTrials(name);
    expect(trials.map(({ outcome }) => outcome)).toEqual(trials.map(() => 'failed'));
    expect(place.readReport(name)).toMatch(/\b(404|426)\b/);
  });

  it('a run that is killed leaves no proxy behind', async () => {
    const program = place.start(
      ...shortRun,
      '--transports',
      'sse',
      '--path',
      'nginx',
      '--duration',
      '60s',
      '--name',
      'killed',
    );
    // The leader of each group is the child of a process of ours.
    const leaders = (): number[] =>
      childrenOf(program.child.pid ?? 0)
        .filter(({ command }) => command.includes('proxy-main'))
        .flatMap(({ pid }) => childrenOf(pid).map((child) => child.pid));
    const poll = { timeout: 120_000, interval: 50 };
    let seen: readonly number[] = [];
    // nginx has a master and a worker.
    const members = (): number => {
      seen = leaders();
      return seen.flatMap(groupMembers).length;
    };
    await expect.poll(members, poll).toBeGreaterThan(1);
    program.child.kill('SIGKILL');
    await program.ended;
    await expect.poll(() => seen.flatMap(groupMembers), poll).toEqual([]);
  });
});

/** Runs with a program of this name, a shell script, before all others on the search path. */
async function withProgram(name: string, script: string, act: () => Promise<void>): Promise<void> {
  const folder = join(place.path, `bin-${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  const before = process.env['PATH'] ?? '';
  process.env['PATH'] = `${folder}${delimiter}${before}`;
  try {
    await act();
  } finally {
    process.env['PATH'] = before;
  }
}

it('a proxy that refuses its configuration fails the trial with its own last words', async () => {
  const script =
    '[ "$1" = version ] && echo v0.0.1 && exit 0\necho "Error: unrecognized directive: x" >&2; exit 1';
  await withProgram('caddy', script, async () => {
    const words = ['--transports', 'sse@caddy', '--name', 'broken'];
    const ended = await streamduel(...shortRun, ...words);
    expect(ended.code).toBe(1);
  });
  expect(place.readTrials('broken')[0]).toMatchObject({
    outcome: 'failed',
    failure: {
      code: 'CHILD_START',
      message: expect.stringMatching(
        /Caddy did not start: Error: unrecognized directive: x$/,
      ) as string,
    },
  });
  expect(toolsOf('broken')['caddy']).toBe('Caddy 0.0.1, found on the search path');
});

it('an unknown path is refused with those that there are', async () => {
  const ended = await runMain('run', '--path', 'nginks');
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain('--path nginks: there is no path "nginks"');
  expect(ended.stderr).toContain('nginx-fixed');
});

/** Proxies of this machine whose fixed form must pass both transports. */
const here = proxyNames.filter(
  (name) => !isUntested(`streams over ${name}`, whyNoLabProgram(name)),
);

it.each(here)('%s passes both transports in its fixed form, verified', async (name) => {
  const path: PathName = proxyPath(name, 'fixed');
  const words = ['--path', path, '--transports', 'sse,ws', '--blocks', '1', '--name', path];
  const ended = await streamduel(...shortRun, ...words);
  expect(ended.stderr).not.toMatch(/^error:/m);
  expect(defectsOf(path)).toEqual([]);
  expect(place.readTrials(path).length).toBeGreaterThanOrEqual(2);
});
