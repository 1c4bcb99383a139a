// A stream that is abandoned while its connection is unanswered must not leave the attempt behind:
// once the network recovers, it would be connected after all, and a server would serve a stream
// that is no longer needed.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { sharesConnections } from '../../bench/contract/arms/arms.ts';
import { canSpeak, type StreamStack } from '../../bench/contract/arms/stacks.ts';
import { transportIds } from '../../bench/contract/arms/transports.ts';
import { isUntested, whyNoProc } from '../../bench/missing-fixture.ts';
import { asInstant } from '../../bench/contract/units.ts';
import { stacks } from '../stacks.ts';

const TCP_TABLE = '/proc/net/tcp';
const noProc = isUntested('abandoned attempts', whyNoProc());
const LISTEN = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })`;

/**
 * Counts connections to this port that wait for an answer; 02 is SYN_SENT (Linux,
 * include/net/tcp_states.h).
 */
function countUnanswered(port: number): number {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync(TCP_TABLE, 'utf8').split('\n').slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((row) => row[2]?.endsWith(remote) && row[3] === '02').length;
}

const cases = (Object.keys(stacks) as StreamStack[]).flatMap((stack) =>
  transportIds
    .filter((transport) => canSpeak(stack, transport))
    .map((transport) => [stack, transport] as const),
);

test.skipIf(noProc)(
  'a stream that is abandoned before its server answers leaves no attempt behind',
  async () => {
    await using owned = new AsyncDisposableStack();
    const child = owned.adopt(
      spawn(process.execPath, ['-e', LISTEN], { stdio: ['ignore', 'pipe', 'inherit'] }),
      (own) => void own.kill('SIGKILL'),
    );
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(line.toString());
    // A stopped process accepts nothing: once its queue of two is full, the kernel answers no
    // connection.
    child.kill('SIGSTOP');
    const fillers = Array.from({ length: 4 }, () =>
      connect(port, '127.0.0.1').on('error', () => {}),
    );
    for (const filler of fillers) owned.defer(() => void filler.destroy());
    await expect.poll(() => countUnanswered(port), { interval: 5 }).toBe(2);
    const heard: string[] = [];
    const hear = (what: string) => (): void => void heard.push(what);
    const listener = {
      onConnect: hear('connect'),
      onAccept: hear('accept'),
      onTokenBytes: hear('token'),
      onTokenText: hear('token'),
      onControl: hear('control'),
      onEnd: hear('end'),
      onFailure: hear('failure'),
      onLost: hear('lost'),
    };
    for (const [stack, transport] of cases) {
      const client = stacks[stack](transport, { listener, now: () => asInstant(0) });
      const shared = { connection: 0, streamId: '1' };
      client.open(1, { host: '127.0.0.1', port, path: '/', shared });
      await expect.poll(() => countUnanswered(port), { interval: 5 }).toBe(3);
      client.abandon(1);
      // A connection that streams share waits for the others, until the client ends.
      if (sharesConnections({ transport })) await client.close();
      await expect
        .poll(() => countUnanswered(port), { interval: 5, message: `${stack} over ${transport}` })
        .toBe(2);
      await client.close();
    }
    expect(heard).toEqual([]);
  },
);
