// The link to the server, which all connections share.

import { afterEach, expect, it } from 'vitest';
import { NS_PER_MS } from '../contract/units.ts';
import { closeAll, connectPeer, now, startRelay, startServer, type Peer } from './relay-fixture.ts';

afterEach(closeAll);

interface Ends {
  readonly client: Peer;
  readonly server: Peer;
}

/** When so many bytes were sent, and when the server had all of them. */
async function sendTo({ client, server }: Ends, bytes: number): Promise<number> {
  const before = server.received.length;
  const startNs = now();
  client.socket.write(Buffer.alloc(bytes));
  await server.untilReceived(before + bytes);
  return now() - startNs;
}

async function openThrough(port: number, peers: readonly Peer[]): Promise<Ends> {
  const known = peers.length;
  const client = await connectPeer(port);
  while (peers.length === known) await new Promise((resolve) => setImmediate(resolve));
  return { client, server: peers[known] as Peer };
}

it('bytes up take their time on the link, and those of two connections the time of both', async () => {
  const { port, peers } = await startServer();
  const { relay, port: relayPort } = await startRelay(port, { uplinkBytesPerSecond: 250_000 });
  const one = await openThrough(relayPort, peers);
  const other = await openThrough(relayPort, peers);
  expect(await sendTo(one, 50_000)).toBeLessThan(200 * NS_PER_MS);
  relay.start();
  expect(await sendTo(one, 50_000)).toBeGreaterThanOrEqual(200 * NS_PER_MS);
  const both = await Promise.all([sendTo(one, 50_000), sendTo(other, 50_000)]);
  expect(Math.max(...both)).toBeGreaterThanOrEqual(400 * NS_PER_MS);
  expect(Math.min(...both)).toBeLessThan(Math.max(...both));
});
