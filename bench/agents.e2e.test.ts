// The command line on agents: in two network namespaces, with a real broker; and what is refused
// before anything begins.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { nkeys } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { AgentProgram, Broker, until } from './agents/agents-fixture.ts';
import { cli, CliFolder, runMain, shortRun, type Ended } from './cli-fixture.ts';
import type { CompletedTrial } from './contract/run-file.ts';
import { isUntested, whyNoLabProgram } from './missing-fixture.ts';
import { openNamespaces, whyAbsent } from './path/network-namespaces.ts';
import { isAlive } from './processes-fixture.ts';

const untested = isUntested('agents', whyNoLabProgram('nats-server'));

/** A user of the broker whose secret does not travel. */
function loginOf(folder: CliFolder): { config: string; credentials: string; seed: string } {
  const user = nkeys.createUser();
  const seed = Buffer.from(user.getSeed()).toString();
  const config = join(folder.path, 'nats.conf');
  writeFileSync(config, `authorization { users = [ { nkey: ${user.getPublicKey()} } ] }\n`);
  const credentials = join(folder.path, 'user.nk');
  writeFileSync(credentials, `${seed}\n`);
  return { config, credentials, seed };
}

async function runWithin(
  within: readonly string[],
  words: readonly string[],
  cwd: string,
): Promise<Ended> {
  const [program = '', ...rest] = [...within, process.execPath, cli, ...words];
  const child = spawn(program, rest, { cwd, env: { ...process.env, NO_COLOR: '1' } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (bytes) => (stdout += String(bytes)));
  child.stderr.on('data', (bytes) => (stderr += String(bytes)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

describe.skipIf(untested || isUntested('agents in two networks', whyAbsent('partition')))(
  'two agents in two network namespaces',
  () => {
    it('give a run as one machine does; cut off in the middle, a trial has no result', async () => {
      using folder = new CliFolder();
      await using pair = await openNamespaces();
      const { server, client } = pair;
      const { config, credentials, seed } = loginOf(folder);
      const more = ['--creds', credentials];
      await using broker = await Broker.start({
        host: server.address,
        port: 4222,
        config,
        within: server.within,
      });
      await using near = await AgentProgram.start(broker.url, {
        name: 'near',
        role: 'server',
        within: server.within,
        more,
      });
      await using far = await AgentProgram.start(broker.url, {
        name: 'far',
        role: 'load',
        within: client.within,
        more,
      });
      const onAgents = ['--nats', broker.url, ...more, '--connections', '20', '--preset', 'smoke'];
      const whole = await runWithin(
        server.within,
        ['run', ...onAgents, '--name', 'whole', '--blocks', '2'],
        folder.path,
      );
      expect(whole.stderr).not.toContain('error:');
      const trials = folder.readTrials('whole') as CompletedTrial[];
      expect(trials).toHaveLength(4);
      for (const trial of trials) {
        expect(trial.outcome).toBe('completed');
        expect(trial.gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
        expect(trial.agents?.shares).toMatchObject([
          { agent: 'near', part: 'server', address: server.address },
          { agent: 'far', part: 'load', address: client.address },
        ]);
      }
      const report = folder.readReport('whole');
      expect(report).toContain('## Agents');
      expect(report).toContain('No agent was lost in a trial.');
      for (const text of [report, JSON.stringify(trials), whole.stdout, whole.stderr])
        expect(text).not.toContain(seed);

      const cut = runWithin(
        server.within,
        [
          'run',
          ...onAgents,
          '--name',
          'cut',
          '--blocks',
          '1',
          '--transports',
          'sse,ws',
          '--duration',
          '5s',
        ],
        folder.path,
      );
      await until('the load process', () => far.children.length === 1);
      const children = [...far.children, ...near.children];
      await sleep(4000);
      await pair.partition();
      await until('the end of all processes', () => !children.some(isAlive));
      await pair.heal();
      const { code } = await cut;
      expect(code).toBe(1);
      const [lost, next] = folder.readTrials('cut');
      expect(lost).toMatchObject({
        outcome: 'failed',
        failure: {
          code: 'AGENT_LOST',
          message: expect.stringMatching(/^agent far \(load, .*\) was lost in second \d/),
        },
      });
      expect(next?.outcome).toBe('completed');
    });
  },
);

describe.skipIf(untested)('refused before anything begins', () => {
  it('too few agents: who is missing, and nothing is written', async () => {
    using folder = new CliFolder();
    await using broker = await Broker.start();
    const { code, stderr } = await folder.run(...shortRun, '--nats', broker.url);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'not enough agents: 1 server agent and 1 load agent missing of 1 server agent and 1 load agent; none is there',
    );
    expect(existsSync(join(folder.path, 'reports'))).toBe(false);
  });

  it('wrong credentials', async () => {
    using folder = new CliFolder();
    const { config } = loginOf(folder);
    await using broker = await Broker.start({ config });
    const wrong = join(folder.path, 'wrong.yaml');
    writeFileSync(wrong, 'user: me\npassword: hunter2\n');
    const words = ['--nats', broker.url, '--creds', wrong];
    for (const command of [
      [...shortRun, ...words],
      ['agent', ...words],
    ]) {
      const { code, stderr } = await folder.run(...command);
      expect(code).toBe(2);
      expect(stderr).toContain(`the broker at ${broker.url} refuses these credentials`);
      expect(stderr).not.toContain('hunter2');
    }
  });
});

it.each([
  [['memory', '--nats', 'nats://127.0.0.1:1'], 'scenario memory does not take it'],
  [
    ['stream', 'burst', '--nats', 'nats://127.0.0.1:1'],
    'several scenarios are not measured on agents at once',
  ],
  [['--load-agents', '2'], 'it together with --nats, where the agents are'],
  [['--nats', 'nats://127.0.0.1:1', '--path', 'relay'], 'agents do not run sse@relay'],
  [['--nats', 'nats://127.0.0.1:1', '--canary'], 'agents do not run a canary'],
  [
    ['--nats', 'nats://127.0.0.1:1', '--load-agents', '2', '--client-processes', '3'],
    '2 or a multiple of it',
  ],
  [['--nats', 'nats://127.0.0.1:1', '--agent-labels', 'zone'], 'a name and a value, as zone=a'],
  [['--nats', 'nats://u:hunter2@127.0.0.1:1'], 'the address must not hold a user or a password'],
])('%j is refused by name', async (words, text) => {
  const { code, stderr } = await runMain('run', ...words);
  expect(code).toBe(2);
  expect(stderr).toContain(text);
  expect(stderr).not.toContain('hunter2');
});

it.each([
  [['--role', 'boss'], '--role boss'],
  [['--labels', 'a=b=c'], '--labels a=b=c'],
  [['--name', 'no name'], '--name no name'],
])('agent %j is refused by name', async (words, text) => {
  const { code, stderr } = await runMain('agent', '--nats', 'nats://127.0.0.1:1', ...words);
  expect(code).toBe(2);
  expect(stderr).toContain(text);
});
