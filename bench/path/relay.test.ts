import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { Hold } from './hold.ts';
import {
  closeAll,
  connectPeer,
  HOST,
  now,
  startRelay,
  startServer,
  until,
  type Peer,
} from './relay-fixture.ts';

afterEach(closeAll);

async function readAll(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => void parts.push(bytes));
  await once(socket, 'end');
  return Buffer.concat(parts);
}

it('bytes pass unaltered both ways, and so does the end of each', async () => {
  const { port } = await startServer(({ socket }) => socket.pipe(socket));
  const { port: relayPort } = await startRelay(port);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 5000 }), { maxLength: 20 }),
      async (chunks) => {
        const socket = connect({ host: HOST, port: relayPort });
        const received = readAll(socket);
        for (const chunk of chunks) socket.write(chunk);
        socket.end();
        expect(await received).toEqual(Buffer.concat(chunks));
      },
    ),
    { numRuns: 20 },
  );
});

it('more than the receiver takes waits at the sender, not in the relay', async () => {
  const bytes = 64 * 1024 * 1024;
  let accepted = 0;
  const { port } = await startServer(({ socket }) => {
    socket.write(Buffer.alloc(bytes), () => (accepted = bytes));
    socket.end();
  });
  const { relay, port: relayPort } = await startRelay(port);
  const socket = connect({ host: HOST, port: relayPort });
  await once(socket, 'connect');
  let before = -1;
  // Waits until nothing moves any more; the rest then still lies with the sender.
  while (relay.tally(0).bytes !== before || before === 0) {
    before = relay.tally(0).bytes;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(accepted).toBe(0);
  expect(before).toBeLessThan(bytes / 2);
  expect((await readAll(socket)).length).toBe(bytes);
});

it('what comes from the server is held for the delay once it starts, what goes to it is not', async () => {
  const delayNs = 3_000_000;
  const arrivedNs: number[] = [];
  const { port } = await startServer(({ socket }) =>
    socket.on('data', () => {
      arrivedNs.push(now());
      socket.write('x');
    }),
  );
  const { relay, port: relayPort } = await startRelay(port, { delayNs });
  const socket = connect({ host: HOST, port: relayPort, noDelay: true });
  relay.start();
  for (let exchange = 0; exchange < 20; exchange++) {
    socket.write('?');
    await once(socket, 'data');
    expect(now() - (arrivedNs[exchange] ?? 0)).toBeGreaterThanOrEqual(delayNs);
  }
  const { heldP50Ns, reads, connections } = relay.tally(0);
  expect(heldP50Ns).toBeGreaterThanOrEqual(delayNs);
  expect(reads).toBe(20);
  expect(connections).toBe(1);
});

it('n bytes take n/rate over a link of that rate, and not less for being on two connections', async () => {
  const bytesPerSecond = 20e6;
  const bytes = 5e6;
  const { port } = await startServer(({ socket }) => socket.end(Buffer.alloc(bytes / 2)));
  const { relay, port: relayPort } = await startRelay(port, { bytesPerSecond });
  relay.start();
  const startNs = now();
  const received = await Promise.all(
    [0, 1].map(async () => await readAll(connect({ host: HOST, port: relayPort }))),
  );
  const tookNs = now() - startNs;
  expect(received.map(({ length }) => length)).toEqual([bytes / 2, bytes / 2]);
  // The bucket is empty at the start, so nothing passes earlier than the rate lets it.
  expect(tookNs).toBeGreaterThanOrEqual((bytes / bytesPerSecond) * 1e9);
  // It holds 10 ms: an alarm that is late by less costs nothing, and a busy machine has later ones.
  expect(tookNs).toBeLessThan((bytes / bytesPerSecond) * 4e9);
});

const isLarge = ({ received }: Peer): boolean => received.length === 5;

it('few bytes of one connection do not wait for the many of another on the same link', async () => {
  const bytesPerSecond = 10e6;
  const { port, peers } = await startServer();
  const { relay, port: relayPort } = await startRelay(port, { bytesPerSecond });
  relay.start();
  const [large, small] = [await connectPeer(relayPort), await connectPeer(relayPort)];
  await until(() => peers.length === 2);
  large.socket.write('large');
  await until(() => peers.some(isLarge));
  peers.find(isLarge)!.socket.write(Buffer.alloc(2e6));
  await until(() => large.received.length > 0);
  peers.find((peer) => !isLarge(peer))!.socket.write('x');
  await small.untilReceived(1);
  // The large message takes 200 ms; a turn of the link has at most the 10 ms of its bucket.
  expect(large.received.length).toBeLessThan(1e6);
});

it('without a start a link has no limit, for the rehearsal', async () => {
  const { port } = await startServer(({ socket }) => socket.end(Buffer.alloc(1e6)));
  const { port: relayPort } = await startRelay(port, { bytesPerSecond: 1000 });
  expect(await readAll(connect({ host: HOST, port: relayPort }))).toHaveLength(1e6);
});

it('a server that is not there resets the connection instead of hanging it', async () => {
  const { port: relayPort } = await startRelay(1);
  const client = await connectPeer(relayPort);
  expect(await client.untilEnded()).toBe('ECONNRESET');
});

it('what the kernel says to one side, the other hears: a reset is a reset, an end an end', async () => {
  const { port, peers } = await startServer();
  const { port: relayPort } = await startRelay(port);
  const clients = [
    await connectPeer(relayPort),
    await connectPeer(relayPort),
    await connectPeer(relayPort),
  ] as const;
  for (const [index, client] of clients.entries()) client.socket.write(String(index));
  const serverOf = (index: number): Peer | undefined =>
    peers.find(({ received }) => received.toString() === String(index));
  await until(() => [0, 1, 2].every((index) => serverOf(index) !== undefined));
  serverOf(0)?.socket.write('so far');
  await clients[0].untilReceived(6);
  serverOf(0)?.socket.resetAndDestroy();
  serverOf(1)?.socket.end('whole');
  clients[2].socket.resetAndDestroy();
  expect(await clients[0].untilEnded()).toBe('ECONNRESET');
  expect(await clients[1].untilEnded()).toBe('end');
  expect(clients[1].received.toString()).toBe('whole');
  expect(await serverOf(2)?.untilEnded()).toBe('ECONNRESET');
});

it('nothing is released early or out of order, however many wait', async () => {
  const forNs = 700_000;
  const released: number[] = [];
  const early: number[] = [];
  const hold = new Hold({
    now,
    forNs,
    onRelease: (heldNs) => void (heldNs < forNs && early.push(heldNs)),
  });
  for (let item = 0; item < 500; item++) {
    hold.add(now(), () => void released.push(item));
    if (item % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  while (released.length < 500) await new Promise((resolve) => setImmediate(resolve));
  expect(early).toEqual([]);
  expect(released).toEqual(Array.from({ length: 500 }, (_, item) => item));
});

const ROUND_TRIP_NS = 20_000_000;
const EARLY_NS = 1_000_000;

it('a round trip is half of it in each direction, for ends as for bytes', async () => {
  const arrivedNs: number[] = [];
  const { port, peers } = await startServer(({ socket }) =>
    socket.on('data', () => {
      arrivedNs.push(now());
      socket.write('x');
    }),
  );
  const { relay, port: relayPort } = await startRelay(port, { roundTripNs: ROUND_TRIP_NS });
  const peer = await connectPeer(relayPort);
  relay.start();
  for (let exchange = 1; exchange <= 5; exchange++) {
    const sentNs = now();
    peer.socket.write('?');
    await peer.untilReceived(exchange);
    const way = ROUND_TRIP_NS / 2 - EARLY_NS;
    expect(arrivedNs[exchange - 1]! - sentNs).toBeGreaterThan(way);
    expect(now() - arrivedNs[exchange - 1]!).toBeGreaterThan(way);
  }
  const endedNs = now();
  peer.socket.end();
  await peers[0]!.untilEnded();
  expect(peers[0]!.endedNs! - endedNs).toBeGreaterThan(ROUND_TRIP_NS / 2 - EARLY_NS);
});

it('a reset takes half a round trip, and overtakes no bytes', async () => {
  const { port, peers } = await startServer();
  const { relay, port: relayPort } = await startRelay(port, { roundTripNs: ROUND_TRIP_NS });
  const peer = await connectPeer(relayPort);
  relay.start();
  peer.socket.write('last words');
  await new Promise((resolve) => setTimeout(resolve, 2));
  const resetNs = now();
  peer.socket.resetAndDestroy();
  expect(await peers[0]!.untilEnded()).toBe('ECONNRESET');
  expect(peers[0]!.received.toString()).toBe('last words');
  expect(peers[0]!.endedNs! - resetNs).toBeGreaterThan(ROUND_TRIP_NS / 2 - EARLY_NS);
});

it('a new connection carries its first bytes one and a half round trips after it was begun', async () => {
  const { port, peers } = await startServer();
  const { relay, port: relayPort } = await startRelay(port, { roundTripNs: ROUND_TRIP_NS });
  relay.start();
  const begunNs = now();
  const peer = await connectPeer(relayPort);
  peer.socket.write('request');
  await until(() => peers[0]?.received.toString() === 'request');
  expect(now() - begunNs).toBeGreaterThan(1.5 * ROUND_TRIP_NS - EARLY_NS);
});

it('a client that goes within its handshake was never there', async () => {
  const { port, peers } = await startServer();
  const { relay, port: relayPort } = await startRelay(port, { roundTripNs: ROUND_TRIP_NS });
  relay.start();
  const peer = await connectPeer(relayPort);
  peer.socket.end();
  await new Promise((resolve) => setTimeout(resolve, (2 * ROUND_TRIP_NS) / 1e6));
  expect(peers).toEqual([]);
});
