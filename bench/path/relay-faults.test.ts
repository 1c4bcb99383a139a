import { createHook } from 'node:async_hooks';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { RelayFault } from '../contract/faults.ts';
import type { RelayFaultTally } from '../contract/recovery.ts';
import {
  closeAll,
  connectPeer,
  now,
  startRelay,
  startServer,
  until,
  type Peer,
} from './relay-fixture.ts';
import type { Relay } from './relay.ts';

afterEach(closeAll);

const FOR_NS = 40e6;
/**
 * Outage length for tests in which something must happen before it is over, on a busy machine too.
 */
const LONG_NS = 400e6;

interface Setting {
  readonly relay: Relay;
  readonly port: number;
  /** Clients connected before the fault, in order. */
  readonly clients: readonly Peer[];
  /** The server's side of every connection, in order. */
  readonly servers: readonly Peer[];
}

/** Connects some clients, exchanges a byte each way, then starts the relay. */
async function standing(count: number, fault: RelayFault, faultNs?: number): Promise<Setting> {
  const { port: serverPort, peers } = await startServer();
  const { relay, port } = await startRelay(serverPort, {
    fault,
    ...(faultNs !== undefined && { faultNs }),
  });
  const clients: Peer[] = [];
  for (let index = 0; index < count; index++) {
    const client = await connectPeer(port);
    client.socket.write('?');
    await until(() => peers[index]?.received.length === 1);
    peers[index]?.socket.write('!');
    await client.untilReceived(1);
    clients.push(client);
  }
  relay.start();
  return { relay, port, clients, servers: peers };
}

const account = (relay: Relay): RelayFaultTally => {
  const { fault } = relay.tally(0);
  if (fault === undefined) throw new Error('the relay has no fault');
  return fault;
};

async function untilStruck(relay: Relay): Promise<number> {
  await until(() => account(relay).faultNs !== undefined);
  return account(relay).faultNs ?? Number.NaN;
}

async function untilHealed(relay: Relay): Promise<number> {
  await until(() => account(relay).healNs !== undefined);
  return account(relay).healNs ?? Number.NaN;
}

const runningTimers = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

/**
 * Counts sockets and listeners that are made from now on and are still open. Test files that ran in
 * this process before may have left some of their own, as connections kept for a next request.
 */
function watchHandles(): { readonly open: () => number; readonly stop: () => void } {
  const open = new Set<number>();
  const hook = createHook({
    init: (id, type) => {
      if (type === 'TCPWRAP' || type === 'TCPSERVERWRAP') open.add(id);
    },
    destroy: (id) => open.delete(id),
  }).enable();
  return { open: () => open.size, stop: () => hook.disable() };
}

const nothingElse = { idleCuts: 0, byteCuts: 0, answered: 0, held: 0 };

/** Connects a client and sends a request; returns both sides of the connection. */
async function comeBack(
  { port, servers }: Setting,
  request = 'again',
): Promise<{ client: Peer; server: Peer }> {
  const before = servers.length;
  const client = await connectPeer(port);
  client.socket.write(request);
  await until(() => servers[before]?.received.length === request.length);
  return { client, server: servers[before] as Peer };
}

describe('a fault of one moment', () => {
  it('reset: both sides of every connection see ECONNRESET, and later connections pass', async () => {
    const setting = await standing(5, { kind: 'reset' });
    for (const peer of [...setting.clients, ...setting.servers])
      expect(await peer.untilEnded()).toBe('ECONNRESET');
    expect(account(setting.relay)).toEqual({ faultNs: expect.any(Number), hit: 5, ...nothingElse });
    const { client, server } = await comeBack(setting);
    server.socket.end('whole');
    expect(await client.untilEnded()).toBe('end');
    expect(client.received.toString()).toBe('whole');
  });

  it('end: both sides of every connection see an end, after all that was sent before', async () => {
    const setting = await standing(5, { kind: 'end' });
    for (const peer of [...setting.clients, ...setting.servers])
      expect(await peer.untilEnded()).toBe('end');
    expect(setting.clients.map(({ received }) => received.toString())).toEqual(
      Array.from({ length: 5 }, () => '!'),
    );
    expect(account(setting.relay)).toEqual({ faultNs: expect.any(Number), hit: 5, ...nothingElse });
  });

  it('comes at its moment and not before, and hits only who is there then', async () => {
    const atNs = now() + FOR_NS;
    const { relay, clients, servers } = await standing(3, { kind: 'reset' }, atNs);
    clients[1]?.socket.end();
    await servers[1]?.untilEnded();
    servers[1]?.socket.end();
    await clients[1]?.untilEnded();
    expect(account(relay)).toEqual({ hit: 0, ...nothingElse });
    const struckNs = await untilStruck(relay);
    expect(struckNs).toBeGreaterThanOrEqual(atNs);
    expect(account(relay).hit).toBe(2);
    expect(await clients[2]?.untilEnded()).toBe('ECONNRESET');
    expect(clients[2]?.endedNs).toBeGreaterThanOrEqual(struckNs);
  });
});

describe('blackhole', () => {
  it('holds bytes, ends and resets both ways until it is over, and alters nothing', async () => {
    const setting = await standing(4, { kind: 'blackhole', direction: 'both', forNs: LONG_NS });
    const { relay, clients, servers } = setting;
    const overNs = (await untilStruck(relay)) + LONG_NS;
    clients[0]?.socket.end('from the client');
    servers[0]?.socket.end('from the server');
    clients[1]?.socket.resetAndDestroy();
    servers[2]?.socket.resetAndDestroy();
    await untilHealed(relay);
    expect(await clients[0]?.untilEnded()).toBe('end');
    expect(await servers[0]?.untilEnded()).toBe('end');
    expect(clients[0]?.received.toString()).toBe('!from the server');
    expect(servers[0]?.received.toString()).toBe('?from the client');
    expect(await servers[1]?.untilEnded()).toBe('ECONNRESET');
    expect(await clients[2]?.untilEnded()).toBe('ECONNRESET');
    for (const peer of [clients[0], servers[0], servers[1], clients[2]])
      expect(peer?.endedNs).toBeGreaterThanOrEqual(overNs);
    expect(clients[3]?.ending).toBeUndefined();
    expect(account(relay)).toMatchObject({ hit: 4, idleCuts: 0, byteCuts: 0, answered: 0 });
    expect(account(relay).healNs).toBeGreaterThanOrEqual(overNs);
  });

  it('what was sent before a reset, and held, still arrives before it', async () => {
    const { relay, clients, servers } = await standing(1, {
      kind: 'blackhole',
      direction: 'both',
      forNs: FOR_NS,
    });
    await untilStruck(relay);
    servers[0]?.socket.write('last words', () => servers[0]?.socket.resetAndDestroy());
    await untilHealed(relay);
    expect(await clients[0]?.untilEnded()).toBe('ECONNRESET');
    expect(clients[0]?.received.toString()).toBe('!last words');
    expect(account(relay).held).toBe(1);
  });

  it('who connects meanwhile is accepted, hears nothing, and goes on when it is over', async () => {
    const setting = await standing(0, { kind: 'blackhole', direction: 'both', forNs: LONG_NS });
    const overNs = (await untilStruck(setting.relay)) + LONG_NS;
    const client = await connectPeer(setting.port);
    client.socket.write('request');
    expect(now()).toBeLessThan(overNs);
    await untilHealed(setting.relay);
    await until(() => setting.servers[0]?.received.toString() === 'request');
    expect(setting.servers[0]?.firstNs).toBeGreaterThanOrEqual(overNs);
    setting.servers[0]?.socket.end('answer');
    expect(await client.untilEnded()).toBe('end');
    expect(client.received.toString()).toBe('answer');
    expect(account(setting.relay)).toMatchObject({ hit: 0, held: 1 });
  });

  it('who connects meanwhile and gives up before it is over never reaches the server', async () => {
    const setting = await standing(0, { kind: 'blackhole', direction: 'both', forNs: LONG_NS });
    await untilStruck(setting.relay);
    for (const giveUp of [
      (peer: Peer) => peer.socket.destroy(),
      (peer: Peer) => peer.socket.resetAndDestroy(),
    ]) {
      const client = await connectPeer(setting.port);
      client.socket.write('request', () => giveUp(client));
    }
    const stayed = await connectPeer(setting.port);
    stayed.socket.write('stayed');
    await untilHealed(setting.relay);
    await until(() => setting.servers[0]?.received.toString() === 'stayed');
    await comeBack(setting);
    expect(setting.servers.map(({ received }) => received.toString())).toEqual(['stayed', 'again']);
  });

  it('to the client only: requests, ends and new connections reach the server, answers wait', async () => {
    const setting = await standing(2, {
      kind: 'blackhole',
      direction: 'to-client',
      forNs: LONG_NS,
    });
    const { relay, clients, servers } = setting;
    const overNs = (await untilStruck(relay)) + LONG_NS;
    clients[0]?.socket.end('bye');
    expect(await servers[0]?.untilEnded()).toBe('end');
    servers[0]?.socket.end('answer');
    const late = await comeBack(setting);
    late.server.socket.write('late answer');
    clients[1]?.socket.resetAndDestroy();
    expect(await servers[1]?.untilEnded()).toBe('ECONNRESET');
    expect(now()).toBeLessThan(overNs);
    expect(clients[0]?.received.toString()).toBe('!');
    await untilHealed(relay);
    expect(await clients[0]?.untilEnded()).toBe('end');
    expect(clients[0]?.received.toString()).toBe('!answer');
    await late.client.untilReceived(11);
    expect(late.client.firstNs).toBeGreaterThanOrEqual(overNs);
    expect(account(relay)).toMatchObject({ hit: 2, held: 2 });
  });

  it('what is sent into it waits at the sender, not in the relay', async () => {
    const bytes = 32 * 1024 * 1024;
    const { relay, clients, servers } = await standing(1, {
      kind: 'blackhole',
      direction: 'both',
      forNs: 5 * FOR_NS,
    });
    await untilStruck(relay);
    servers[0]?.socket.end(Buffer.alloc(bytes, 'x'));
    const taken: number[] = [];
    await until(() => {
      if (account(relay).healNs === undefined) taken.push(relay.tally(0).bytes);
      return account(relay).healNs !== undefined;
    });
    // Nothing was read from the socket but the byte sent before, though the kernel had megabytes
    // buffered.
    expect(Math.max(...taken)).toBeLessThanOrEqual(1 + 128 * 1024);
    expect(await clients[0]?.untilEnded()).toBe('end');
    expect(clients[0]?.received.length).toBe(1 + bytes);
  });
});

describe('refuse', () => {
  it('attempts are refused until it is over, then the same port answers', async () => {
    const setting = await standing(3, { kind: 'refuse', forNs: FOR_NS });
    const overNs = (await untilStruck(setting.relay)) + FOR_NS;
    for (const peer of [...setting.clients, ...setting.servers])
      expect(await peer.untilEnded()).toBe('ECONNRESET');
    const causes = new Set<string | undefined>();
    while (now() < overNs) {
      const cause = await connectPeer(setting.port).then(
        () => 'accepted',
        (error: NodeJS.ErrnoException) => error.code,
      );
      // The last attempt may end after the outage.
      if (now() < overNs) causes.add(cause);
    }
    expect([...causes]).toEqual(['ECONNREFUSED']);
    const healNs = await untilHealed(setting.relay);
    expect(healNs).toBeGreaterThanOrEqual(overNs);
    const { client, server } = await comeBack(setting);
    server.socket.write('here');
    await client.untilReceived(4);
    expect(account(setting.relay)).toEqual({
      faultNs: overNs - FOR_NS,
      healNs,
      hit: 3,
      ...nothingElse,
    });
  });
});

describe('unavailable', () => {
  const fault = { kind: 'unavailable', statusCode: 503, forNs: LONG_NS } as const;

  it('resets everybody, then answers HTTP requests itself until it is over', async () => {
    const setting = await standing(2, fault);
    await untilStruck(setting.relay);
    for (const peer of [...setting.clients, ...setting.servers])
      expect(await peer.untilEnded()).toBe('ECONNRESET');
    const client = await connectPeer(setting.port);
    client.socket.write('GET /v1/streams/17 HTTP/1.1\r\nhost: ');
    client.socket.write('x\r\n\r\n');
    expect(await client.untilEnded()).toBe('end');
    const [head, body] = client.received.toString().split('\r\n\r\n');
    expect(head?.split('\r\n')).toEqual([
      'HTTP/1.1 503 Service Unavailable',
      'content-type: text/plain',
      'content-length: 20',
      'connection: close',
    ]);
    expect(body).toBe('Service Unavailable\n');
    expect(setting.servers.length).toBe(2);
    await untilHealed(setting.relay);
    await comeBack(setting, 'GET / HTTP/1.1\r\n\r\n');
    expect(account(setting.relay)).toMatchObject({ hit: 2, answered: 1, held: 0 });
  });

  it('answers the null arm with one line, and only when its request is whole', async () => {
    const setting = await standing(0, fault);
    await untilStruck(setting.relay);
    const client = await connectPeer(setting.port);
    client.socket.write('/v1/streams/17 k3f9');
    expect(account(setting.relay).answered).toBe(0);
    client.socket.write('.17\n');
    expect(await client.untilEnded()).toBe('end');
    expect(client.received.toString()).toBe(
      '{"type":"stream-error","statusCode":503,"message":"Service Unavailable"}\n',
    );
    expect(setting.servers.length).toBe(0);
    expect(account(setting.relay).answered).toBe(1);
  });
});

describe('idle-cut', () => {
  const fault = { kind: 'idle-cut', idleNs: FOR_NS } as const;

  it('ends a connection on both sides after exactly this much silence, counted from the start at the earliest', async () => {
    const startNs = now();
    const setting = await standing(1, fault);
    const [client, server] = [setting.clients[0], setting.servers[0]];
    expect(await client?.untilEnded()).toBe('end');
    expect(await server?.untilEnded()).toBe('end');
    expect(client?.endedNs).toBeGreaterThanOrEqual(startNs + FOR_NS);
    const late = await comeBack(setting);
    const sentNs = now();
    late.server.socket.write('x');
    expect(await late.client.untilEnded()).toBe('end');
    expect(late.client.endedNs).toBeGreaterThanOrEqual(sentNs + FOR_NS);
    expect(account(setting.relay)).toEqual({
      faultNs: expect.any(Number),
      hit: 1,
      ...nothingElse,
      idleCuts: 2,
    });
  });

  it('a byte in time from either side keeps it', async () => {
    const setting = await standing(2, { kind: 'idle-cut', idleNs: LONG_NS });
    const [spoken, silent] = setting.clients;
    const beat = setInterval(() => void spoken?.socket.write('.'), 20);
    await silent?.untilEnded();
    // Twice the time after which the silent connection was cut.
    await until(() => now() > (silent?.endedNs ?? 0) + LONG_NS);
    clearInterval(beat);
    expect(spoken?.ending).toBeUndefined();
    expect(account(setting.relay).idleCuts).toBe(1);
  });
});

describe('hold-first-byte', () => {
  it('resets everybody, and on later connections the first byte to the client waits, and the rest behind it', async () => {
    const setting = await standing(2, { kind: 'hold-first-byte', forNs: FOR_NS });
    for (const peer of [...setting.clients, ...setting.servers])
      expect(await peer.untilEnded()).toBe('ECONNRESET');
    const { client, server } = await comeBack(setting);
    const sentNs = now();
    server.socket.write('first');
    server.socket.end(' rest');
    expect(await client.untilEnded()).toBe('end');
    expect(client.received.toString()).toBe('first rest');
    expect(client.firstNs).toBeGreaterThanOrEqual(sentNs + FOR_NS);
    expect(account(setting.relay)).toEqual({
      faultNs: expect.any(Number),
      hit: 2,
      ...nothingElse,
      held: 1,
    });
  });

  it('holds nothing on connections of before', async () => {
    const setting = await standing(0, { kind: 'hold-first-byte', forNs: 60e9 }, now() + LONG_NS);
    const { client, server } = await comeBack(setting);
    server.socket.write('at once');
    await client.untilReceived(7);
    expect(account(setting.relay)).toEqual({ hit: 0, ...nothingElse });
    expect(await client.untilEnded()).toBe('ECONNRESET');
  });
});

describe('bandwidth', () => {
  it('no more than the rate and 10 ms of it passes, to each client by itself', async () => {
    const bytesPerSecond = 1e6;
    const bytes = 60_000;
    const setting = await standing(2, { kind: 'bandwidth', bytesPerSecond });
    const sentNs = now();
    for (const { socket } of setting.servers) socket.end(Buffer.alloc(bytes, 'x'));
    for (const client of setting.clients) {
      expect(await client.untilEnded()).toBe('end');
      expect(client.received.length).toBe(1 + bytes);
      expect(client.endedNs).toBeGreaterThanOrEqual(
        sentNs + ((bytes - 10_000) / bytesPerSecond) * 1e9,
      );
    }
    expect(account(setting.relay)).toMatchObject({ hit: 2, ...nothingElse });
  });

  it('a rate below one byte in 10 ms still passes', async () => {
    const setting = await standing(1, { kind: 'bandwidth', bytesPerSecond: 50 });
    setting.servers[0]?.socket.write('abc');
    await setting.clients[0]?.untilReceived(4);
    expect(setting.clients[0]?.received.toString()).toBe('!abc');
  });
});

describe('cut-after', () => {
  const text = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));
  const position = fc.integer({ min: 1, max: text.length });

  it('exactly so many bytes reach the client, then the end or the reset, however the server wrote them', async () => {
    const cutInto = fc.record({
      bytes: fc.array(position, { minLength: 1, maxLength: 4 }),
      how: fc.constantFrom('fin' as const, 'rst' as const),
      writes: fc.array(position, { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(cutInto, async ({ bytes, how, writes }) => {
        const setting = await standing(0, { kind: 'cut-after', bytes, how });
        const ending = how === 'fin' ? 'end' : 'ECONNRESET';
        for (const [index, afterBytes] of bytes.entries()) {
          const { client, server } = await comeBack(setting);
          const edges = [0, ...writes.toSorted((a, b) => a - b), text.length];
          for (const [edge, from] of edges.entries())
            server.socket.write(text.subarray(from, edges[edge + 1] ?? text.length));
          expect(await client.untilEnded()).toBe(ending);
          expect(await server.untilEnded()).toBe(ending);
          expect(client.received).toEqual(text.subarray(0, afterBytes));
          expect(account(setting.relay).byteCuts).toBe(index + 1);
        }
        const { client, server } = await comeBack(setting);
        server.socket.end(text);
        expect(await client.untilEnded()).toBe('end');
        expect(client.received).toEqual(text);
        expect(account(setting.relay).byteCuts).toBe(bytes.length);
        closeAll();
      }),
      { numRuns: 40 },
    );
  });

  it('a connection that ends before its number is not cut', async () => {
    const setting = await standing(0, { kind: 'cut-after', bytes: [6], how: 'rst' });
    const { client, server } = await comeBack(setting);
    server.socket.end('short');
    expect(await client.untilEnded()).toBe('end');
    expect(client.received.toString()).toBe('short');
    expect(account(setting.relay).byteCuts).toBe(0);
  });

  it('connections of before the start do not count', async () => {
    const setting = await standing(1, { kind: 'cut-after', bytes: [3], how: 'fin' });
    setting.servers[0]?.socket.end('untouched');
    expect(await setting.clients[0]?.untilEnded()).toBe('end');
    expect(setting.clients[0]?.received.toString()).toBe('!untouched');
    const { client, server } = await comeBack(setting);
    server.socket.write('abcdef');
    expect(await client.untilEnded()).toBe('end');
    expect(client.received.toString()).toBe('abc');
  });
});

it('whatever is sent through a fault that loses nothing arrives whole and in order, both ways', async () => {
  const forNs = 3e6;
  const lossless = fc.constantFrom<RelayFault>(
    { kind: 'blackhole', direction: 'both', forNs },
    { kind: 'blackhole', direction: 'to-client', forNs },
    { kind: 'hold-first-byte', forNs },
    { kind: 'bandwidth', bytesPerSecond: 4e6 },
    { kind: 'idle-cut', idleNs: 60e9 },
  );
  const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(lossless, chunks, chunks, async (fault, up, down) => {
      const setting = await standing(0, fault, now() + 2e6);
      if (fault.kind === 'hold-first-byte') await untilStruck(setting.relay);
      const { client, server } = await comeBack(setting);
      for (let index = 0; index < Math.max(up.length, down.length); index++) {
        if (up[index] !== undefined) client.socket.write(up[index] as Uint8Array);
        if (down[index] !== undefined) server.socket.write(down[index] as Uint8Array);
        await new Promise((resolve) => setImmediate(resolve));
      }
      client.socket.end();
      server.socket.end();
      expect(await client.untilEnded()).toBe('end');
      expect(await server.untilEnded()).toBe('end');
      expect(client.received).toEqual(Buffer.concat(down));
      expect(server.received).toEqual(Buffer.concat([Buffer.from('again'), ...up]));
      closeAll();
    }),
    { numRuns: 60 },
  );
});

it('a closed relay leaves no socket, no listener and no timer behind, whatever its fault was about to do', async () => {
  const handles = watchHandles();
  const timers = runningTimers();
  const pending: RelayFault[] = [
    { kind: 'reset' },
    { kind: 'end' },
    { kind: 'blackhole', direction: 'both', forNs: 60e9 },
    { kind: 'refuse', forNs: 60e9 },
    { kind: 'unavailable', statusCode: 503, forNs: 60e9 },
    { kind: 'idle-cut', idleNs: 60e9 },
    { kind: 'hold-first-byte', forNs: 60e9 },
    { kind: 'bandwidth', bytesPerSecond: 0.01 },
    { kind: 'cut-after', bytes: [1], how: 'fin' },
  ];
  for (const fault of pending) {
    const setting = await standing(2, fault);
    await untilStruck(setting.relay);
    const isTakenOver = fault.kind === 'blackhole' || fault.kind === 'unavailable';
    if (isTakenOver) (await connectPeer(setting.port)).socket.write('request');
    else if (fault.kind !== 'refuse') await comeBack(setting);
    for (const { socket } of setting.servers) socket.write('answer');
    await new Promise((resolve) => setImmediate(resolve));
    expect(handles.open()).toBeGreaterThan(0);
    closeAll();
  }
  // Handles are closed in the next turn; any handle that stays makes the test time out.
  await until(() => handles.open() === 0);
  handles.stop();
  expect(runningTimers()).toBeLessThanOrEqual(timers);
});
