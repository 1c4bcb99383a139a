// Tests with real namespaces.

import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { isUntested } from '../missing-fixture.ts';
import { startKernelCount } from '../trial/kernel-counters.ts';
import { nameSides, type Side } from './network-commands.ts';
import { NamespacePair, openNamespaces, whyAbsent } from './network-namespaces.ts';

const children: ChildProcessWithoutNullStreams[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const isImpossible = isUntested('network faults', whyAbsent('packet-loss'));

const echoServer = `require('node:net').createServer((socket) => socket.pipe(socket)).listen(0, process.argv[1], function () {
  console.log(this.address().port);
});`;
const echoClient = `const socket = require('node:net').connect({ host: process.argv[1], port: Number(process.argv[2]), noDelay: true });
socket.on('error', (error) => console.log(error.code));
process.stdin.pipe(socket);
socket.pipe(process.stdout);`;

interface Spoken {
  readonly pid: number;
  readonly write: (text: string) => void;
  readonly said: () => string;
}

function startWithin({ within }: Side, script: string, ...parameters: string[]): Spoken {
  const [program, ...rest] = within;
  const child = spawn(program, [...rest, process.execPath, '-e', script, ...parameters]);
  children.push(child);
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  return { pid: child.pid ?? 0, write: (text) => void child.stdin.write(text), said: () => said };
}

async function startEcho({ server, client }: NamespacePair): Promise<Spoken> {
  const echo = startWithin(server, echoServer, server.address);
  await eventually(() => echo.said().endsWith('\n'));
  const asker = startWithin(client, echoClient, server.address, echo.said().trim());
  asker.write('hello ');
  await eventually(() => asker.said() === 'hello ');
  return asker;
}

/** Polls the state of other processes; the test's own timeout is the bound. */
async function eventually(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await setTimeout(10);
}

function namespacesNow(): string {
  return spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout;
}

it.skipIf(isImpossible)(
  'nothing passes while the link is down, and what was sent arrives afterwards',
  async () => {
    const hostInterfaces = readdirSync('/sys/class/net');
    await using pair = await openNamespaces();
    const asker = await startEcho(pair);
    expect(readdirSync('/sys/class/net')).toEqual(hostInterfaces);
    await pair.linkDown();
    asker.write('question');
    // The kernel notices the loss of the carrier in a turn of its own.
    await eventually(() =>
      spawnSync('ip', ['-n', pair.client.name, 'link'], {
        encoding: 'utf8',
      }).stdout.includes('NO-CARRIER'),
    );
    expect(asker.said()).toBe('hello ');
    await pair.linkUp();
    await eventually(() => asker.said() === 'hello question');
  },
);

it.skipIf(isImpossible)(
  'nothing passes while the network is parted, and what was sent arrives afterwards',
  async () => {
    await using pair = await openNamespaces();
    const asker = await startEcho(pair);
    await pair.partition();
    const count = startKernelCount([asker.pid]);
    asker.write('question');
    // The kernel retransmits only segments that were not acknowledged.
    await eventually(() => (count.stop().segmentsRetransmitted ?? 0) >= 1);
    expect(asker.said()).toBe('hello ');
    await pair.heal();
    await eventually(() => asker.said() === 'hello question');
  },
);

it.skipIf(isImpossible)(
  'of what is sent while packets are lost some is sent again, and all arrives',
  async () => {
    await using pair = await openNamespaces();
    const asker = await startEcho(pair);
    await pair.lose(0.3);
    const count = startKernelCount([asker.pid]);
    let expected = 'hello ';
    while ((count.stop().segmentsRetransmitted ?? 0) === 0) {
      expected += '?';
      asker.write('?');
      const soFar = expected;
      await eventually(() => asker.said().length >= soFar.length);
    }
    await pair.heal();
    asker.write('!');
    await eventually(() => asker.said().endsWith('!'));
    expect(asker.said()).toBe(`${expected}!`);
  },
);

it.skipIf(isImpossible)(
  'two pairs at once have the same addresses and do not see each other; both are gone afterwards',
  async () => {
    const names: string[] = [];
    {
      await using first = await openNamespaces();
      await using second = await openNamespaces();
      names.push(first.server.name, first.client.name, second.server.name, second.client.name);
      const echo = startWithin(first.server, echoServer, first.server.address);
      await eventually(() => echo.said().endsWith('\n'));
      const stranger = startWithin(
        second.client,
        echoClient,
        second.server.address,
        echo.said().trim(),
      );
      await eventually(() => stranger.said() === 'ECONNREFUSED\n');
      expect(names.filter((name) => namespacesNow().includes(name))).toEqual(names);
    }
    expect(names.filter((name) => namespacesNow().includes(name))).toEqual([]);
  },
);

it.skipIf(isImpossible)(
  'what a killed run left is removed, what belongs to a living one or to others stays',
  async () => {
    const gone = spawn(process.execPath, ['--version']);
    await once(gone, 'exit');
    const leftover = `streamduel-${gone.pid}-0-server`;
    const others = [`streamduel-${process.ppid}-0-server`, `streamduel-other-${gone.pid}`];
    for (const name of [leftover, ...others]) spawnSync('ip', ['netns', 'add', name]);
    try {
      await using _pair = await openNamespaces();
      const now = namespacesNow();
      expect(now).not.toContain(leftover);
      for (const name of others) expect(now).toContain(name);
    } finally {
      for (const name of others) spawnSync('ip', ['netns', 'delete', name]);
    }
  },
);

it('a pair of which nothing is there is removed without complaint', async () => {
  const pair = new NamespacePair(nameSides('streamduel-0-none'));
  await expect(pair[Symbol.asyncDispose]()).resolves.toBeUndefined();
});

it('a fault without a network of its own needs nothing', () => {
  expect(whyAbsent('reset')).toBeUndefined();
  expect(whyAbsent('blackhole')).toBeUndefined();
});
