import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { HostWatch, watchHost } from './host-watch.ts';
import { isUntested, whyNoProc } from '../missing-fixture.ts';
import { readMemory } from './process-memory.ts';
import { parseTcpInfo, readTcpInfo } from './tcp-info.ts';

const noProc = isUntested('readings of the kernel', whyNoProc());

const ss = `0 0 127.0.0.1:41000 127.0.0.1:50001 cubic wscale:7,7 rto:201 rtt:0.05/0.02 bytes_sent:1200 bytes_retrans:52 bytes_acked:1148 segs_out:30 segs_in:28 data_segs_out:25 send 1Gbps
0 0 127.0.0.1:41000 127.0.0.1:50002 cubic wscale:7,7 rto:201 bytes_sent:800 bytes_acked:800 segs_out:20 segs_in:19 data_segs_out:17 send 1Gbps
`;

it('TCP_INFO is summed over sockets, by key; a key that is not printed is 0', () => {
  expect(parseTcpInfo(ss)).toEqual({
    sockets: 2,
    bytesSent: 2000,
    bytesRetransmitted: 52,
    segmentsOut: 50,
    segmentsIn: 47,
    dataSegmentsOut: 42,
  });
  expect(parseTcpInfo('')).toBeUndefined();
});

it('TCP_INFO of a real socket counts the bytes that were sent', async () => {
  const server = createServer((socket) => socket.write('x'.repeat(1000)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  await once(client, 'data');
  const info = await readTcpInfo([port]);
  client.destroy();
  server.close();
  // undefined only when the machine has no ss, which the environment of every run shows.
  expect(info?.bytesSent ?? 1000).toBe(1000);
});

it.skipIf(noProc)('the memory of a process is at least what it keeps to itself', () => {
  const memory = readMemory(process.pid);
  expect(memory?.rssBytes).toBeGreaterThan(10 * 1024 * 1024);
  expect(memory?.ussBytes).toBeLessThanOrEqual(memory?.pssBytes ?? 0);
  expect(memory?.pssBytes).toBeLessThanOrEqual(memory?.rssBytes ?? 0);
});

it('the memory of a process that is gone is unknown, not 0', () => {
  expect(readMemory(2 ** 22 + 1)).toBeUndefined();
});

it.skipIf(noProc)(
  'a busy loop in this process is seen as its own CPU time and as the machine’s',
  () => {
    const watch = new HostWatch(2);
    const before = process.cpuUsage();
    // Until it has had 150 ms of a CPU, however long other programs or the hypervisor make that
    // last.
    while (process.cpuUsage(before).user < 150_000);
    const readings = watch.stop();
    expect(readings.ownNs).toBeGreaterThanOrEqual(150e6);
    // The machine's time is counted in ticks of 10 ms.
    expect(readings.busyNs).toBeGreaterThan(120e6);
  },
);

async function spentNs(pids: readonly number[]): Promise<number> {
  const { host } = await watchHost(async () => await setTimeout(300), pids);
  return host.ownNs;
}

it('a busy process that passes bytes on is the trial’s own, not a stranger', async () => {
  const busy = spawn(process.execPath, ['-e', 'process.stdout.write("!"); for (;;);'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    await once(busy.stdout, 'data');
    // This process only waits; the other gets a tenth of the 300 ms, however many programs it
    // shares the CPUs with.
    expect(await spentNs([busy.pid!])).toBeGreaterThan((await spentNs([])) + 30e6);
  } finally {
    busy.kill('SIGKILL');
  }
});
