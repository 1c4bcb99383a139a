import { once } from 'node:events';
import { createServer, connect, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { isUntested, whyNoProc } from '../missing-fixture.ts';
import { parseKernelCounts, startKernelCount } from './kernel-counters.ts';

// Output of Linux 6.18, shortened.
const NETSTAT = `TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPHPHits TCPSynRetrans TCPOrigDataSent
TcpExt: 0 12 13 23628191 1559 99722182
IpExt: InNoRoutes InOctets
IpExt: 0 16532017511
`;
const SNMP = `Ip: Forwarding DefaultTTL InReceives
Ip: 2 64 180099801
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens InSegs OutSegs RetransSegs InErrs
Tcp: 1 200 120000 -1 1442985 1442420 180099066 179993027 90257 0
`;

it('each counter is found by its name, wherever it stands in its line', () => {
  expect(parseKernelCounts(NETSTAT, 'netstat')).toEqual({
    listenOverflows: 12,
    listenDrops: 13,
    synRetransmits: 1559,
  });
  expect(parseKernelCounts(SNMP, 'snmp')).toEqual({ segmentsRetransmitted: 90_257 });
});

it('a counter that a kernel does not have is unknown, not 0', () => {
  expect(parseKernelCounts('TcpExt: ListenDrops\nTcpExt: 0\n', 'netstat')).toEqual({
    listenDrops: 0,
  });
  expect(parseKernelCounts('TcpExt: ListenDrops TCPSynRetrans\nTcpExt: 4\n', 'netstat')).toEqual({
    listenDrops: 4,
  });
  expect(parseKernelCounts('', 'snmp')).toEqual({});
});

it('nothing is known of a process that is not there', () => {
  expect(startKernelCount([2 ** 30]).stop()).toEqual({});
  expect(startKernelCount([process.pid, 2 ** 30]).stop()).toEqual({});
});

it.skipIf(isUntested('counters of the kernel', whyNoProc()))(
  'what a listener without room drops is counted, once for a namespace',
  async () => {
    const server = createServer();
    // Node accepts in the event loop's poll phase, so connections that are opened and then waited
    // for synchronously pile up.
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const own = startKernelCount();
    const twice = startKernelCount([process.pid, process.pid]);
    const sockets = Array.from({ length: 8 }, () => connect({ port, host: '127.0.0.1' }));
    for (const socket of sockets) socket.on('error', () => {});
    // All handshakes are over in the kernel before the first of them is accepted.
    await new Promise((resolve) => process.nextTick(resolve));
    const { listenOverflows: overflowsTwice } = twice.stop();
    const { listenOverflows = 0, listenDrops } = own.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
    expect(listenOverflows).toBeGreaterThan(0);
    expect(listenDrops).toBeGreaterThanOrEqual(listenOverflows);
    // `twice` began later and ended sooner; if the namespace counted twice, its count would be
    // higher.
    expect(overflowsTwice).toBeGreaterThan(0);
    expect(overflowsTwice).toBeLessThanOrEqual(listenOverflows);
  },
);
