// The bytes that both sides count on a shared WebSocket are added up from its messages: here against
// what really passed on the socket.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { transports } from '../bench/contract/arms/transports.ts';
import { asInstant } from '../bench/contract/units.ts';
import { testPopulation } from '../servers/kept-fixture.ts';
import { startTestServer } from '../servers/twin-fixture.ts';
import { sharedPlace } from './shared-place.ts';
import { stacks } from './stacks.ts';

it.each(['probe', 'library'] as const)(
  'over the %s, messages of all streams and the handshake are all that passes',
  async (stack) => {
    await using server = await startTestServer('ws-mux', { population: testPopulation });
    let passed = 0;
    let head = '';
    let asked = 0;
    let request = '';
    const relay = createServer((socket) => {
      const behind = connect(server.port, '127.0.0.1');
      behind.on('data', (bytes) => {
        passed += bytes.length;
        if (!head.includes('\r\n\r\n')) head += bytes.toString('latin1');
      });
      socket.on('data', (bytes) => {
        asked += bytes.length;
        if (!request.includes('\r\n\r\n')) request += bytes.toString('latin1');
      });
      behind.pipe(socket).pipe(behind);
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await once(relay, 'listening');
    let counted = 0;
    let sent = 0;
    let ended = 0;
    const client = stacks[stack]('ws-mux', {
      now: () => asInstant(performance.now()),
      listener: {
        onConnect: () => {},
        onAccept: () => {},
        onTokenBytes: () => {},
        onTokenText: () => {},
        onControl: () => {},
        onEnd: (_stream, count) => {
          counted += count!.bytesRead;
          sent += count!.bytesSent!;
          ended++;
        },
        onFailure: (_stream, cause, message) => expect.unreachable(`${cause}: ${message}`),
      },
    });
    for (let stream = 0; stream < testPopulation.streams; stream++)
      client.open(stream, {
        host: '127.0.0.1',
        port: (relay.address() as AddressInfo).port,
        path: transports['ws-mux'].route(String(stream)),
        ...sharedPlace({ streamsPerConnection: 3 }, { slot: stream, streamId: String(stream) }),
      });
    await expect.poll(() => ended).toBe(testPopulation.streams);
    await expect.poll(() => server.streams.openStreams).toBe(0);
    const headBytes = head.indexOf('\r\n\r\n') + 4;
    expect(counted).toBe(passed - headBytes);
    expect(sent).toBe(asked - (request.indexOf('\r\n\r\n') + 4));
    expect(server.streams.counts.bytesWritten).toBe(counted);
    await client.close();
    relay.close();
  },
);
