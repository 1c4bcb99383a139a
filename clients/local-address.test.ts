import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { canSpeak } from '../bench/contract/arms/stacks.ts';
import { transportIds } from '../bench/contract/arms/transports.ts';
import { stacks } from './stacks.ts';
import type { StreamListener } from './stream-client.ts';

const arms = (Object.keys(stacks) as (keyof typeof stacks)[]).flatMap((stack) =>
  transportIds
    .filter((transport) => canSpeak(stack, transport))
    .map((transport) => [stack, transport] as const),
);

const deaf: StreamListener = {
  onConnect: () => {},
  onAccept: () => {},
  onTokenBytes: () => {},
  onTokenText: () => {},
  onControl: () => {},
  onEnd: () => {},
  onFailure: () => {},
  onLost: () => {},
};

it.each(arms)(
  '%s over %s connects from the address that it is told to',
  async (stack, transport) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = stacks[stack](transport, { listener: deaf, now: () => 0 as never });
    const connected = once(server, 'connection') as Promise<[Socket]>;
    client.open(1, {
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      path: '/1',
      localAddress: '127.9.8.7',
      shared: { connection: 0, streamId: '1' },
    });
    const [socket] = await connected;
    expect(socket.remoteAddress).toBe('127.9.8.7');
    client.abandon(1);
    await client.close();
    socket.destroy();
    server.close();
  },
);
