import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../bench/contract/units.ts';
import { SilenceWatch, watchIntervalNs } from './silence-watch.ts';
import { VirtualTime } from './virtual-time.ts';

const HEARTBEAT_NS = NS_PER_S;

function watchIn(time: VirtualTime, bytes: (number | undefined)[]) {
  const silent: { stream: number; atNs: number }[] = [];
  const watch = new SilenceWatch({
    streams: bytes.length,
    heartbeatNs: HEARTBEAT_NS,
    now: time.now,
    setTimer: time.setTimer,
    bytesRead: (stream) => bytes[stream],
    onSilent: (stream) => silent.push({ stream, atNs: time.now() }),
  });
  return { watch, silent };
}

it('a connection is silent 2.5 heartbeats after its last byte, and at most two intervals later', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5_000_000_000 }), (lastByteNs) => {
      const time = new VirtualTime();
      const bytes = [0];
      const { watch, silent } = watchIn(time, bytes);
      watch.begin(0);
      for (let ns = 0; ns < lastByteNs; ns += 500 * NS_PER_MS) {
        time.advanceTo(ns);
        bytes[0]!++;
      }
      time.advanceTo(lastByteNs);
      bytes[0]!++;
      time.advanceTo(20 * NS_PER_S);
      expect(silent.length).toBe(1);
      const afterNs = silent[0]!.atNs - lastByteNs;
      expect(afterNs).toBeGreaterThanOrEqual(2.5 * HEARTBEAT_NS);
      expect(afterNs).toBeLessThanOrEqual(2.5 * HEARTBEAT_NS + 2 * watchIntervalNs(HEARTBEAT_NS));
    }),
    { seed: 3, numRuns: 50 },
  );
});

it('an attempt without any connection is silent as well, and each stream once', () => {
  const time = new VirtualTime();
  const { watch, silent } = watchIn(time, [undefined, undefined]);
  watch.begin(0);
  time.advanceTo(NS_PER_S);
  watch.begin(1);
  time.advanceTo(60 * NS_PER_S);
  expect(silent.map(({ stream }) => stream)).toEqual([0, 1]);
  expect(silent[1]!.atNs - silent[0]!.atNs).toBe(NS_PER_S);
});

it('heartbeats alone keep a connection alive', () => {
  const time = new VirtualTime();
  const bytes = [0];
  const { watch, silent } = watchIn(time, bytes);
  watch.begin(0);
  for (let second = 1; second <= 30; second++) {
    bytes[0]!++;
    time.advanceTo(second * NS_PER_S);
  }
  expect(silent).toEqual([]);
});

it('a stream that is not watched is never silent, and neither is any after the end', () => {
  const time = new VirtualTime();
  const { watch, silent } = watchIn(time, [0, 0]);
  watch.begin(0);
  watch.begin(1);
  watch.end(0);
  time.advanceTo(2 * NS_PER_S);
  watch.stop();
  time.advanceTo(60 * NS_PER_S);
  expect(silent).toEqual([]);
});

it('in real time a stall of the process is not taken for silence: what came meanwhile is read first', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [peer] = (await once(server, 'connection')) as [Socket];
  const bytes = [0];
  const silent: number[] = [];
  client.on('data', (chunk) => (bytes[0]! += chunk.length));
  const watch = new SilenceWatch({
    streams: 1,
    heartbeatNs: 20 * NS_PER_MS,
    now: () => Number(process.hrtime.bigint()),
    bytesRead: (stream) => bytes[stream],
    onSilent: (stream) => silent.push(stream),
  });
  watch.begin(0);
  // The byte is in the kernel at once; then nothing reads it for longer than the rule allows.
  peer.write('.');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  await once(client, 'data');
  expect(silent).toEqual([]);
  // The same delay without a byte is silence.
  await expect.poll(() => silent).toEqual([0]);
  watch.stop();
  client.destroy();
  peer.destroy();
  server.close();
});
