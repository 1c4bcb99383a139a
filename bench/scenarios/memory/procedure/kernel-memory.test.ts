import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import {
  parseSlabs,
  parseSocketMemory,
  parseSocketStatistics,
  readKernelMemory,
} from './kernel-memory.ts';

const sockstat = `sockets: used 296
TCP: inuse 1 orphan 0 tw 4259 alloc 4001 mem 12
UDP: inuse 3 mem 7
`;

const slabinfo = `slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
TCPv6                 26     26   2496   13    8 : tunables    0    0    0 : slabdata      2      2      0
request_sock_TCP     132    132    320   12    1 : tunables    0    0    0 : slabdata     11     11      0
TCP                   78    130   2368   13    8 : tunables    0    0    0 : slabdata      9     10      0
eventpoll_epi       3434   5120    128   32    1 : tunables    0    0    0 : slabdata    150    160      0
sock_inode_cache     123    190    832   19    4 : tunables    0    0    0 : slabdata     10     10      0
skbuff_head_cache    400    400    256   16    1 : tunables    0    0    0 : slabdata     25     25      0
filp                 721    798    192   21    1 : tunables    0    0    0 : slabdata     38     38      0
dentry            266035 278817    192   21    1 : tunables    0    0    0 : slabdata  13277  13277      0
`;

it('slabs of connections are counted whole, in pages, and no others', () => {
  // TCP 10·8, epoll 160·1, inodes 10·4, files 38·1.
  expect(parseSlabs(slabinfo, 4096)).toBe((80 + 160 + 40 + 38) * 4096);
});

it('sockets and buffers are those of TCP', () => {
  expect(parseSocketStatistics(sockstat, 4096)).toEqual({ sockets: 4001, tcpBytes: 49_152 });
  expect(parseSocketStatistics(sockstat, undefined)).toEqual({ sockets: 4001 });
});

it('what cannot be read is unknown, not 0', () => {
  expect(parseSlabs('', 4096)).toBeUndefined();
  expect(parseSlabs(slabinfo, undefined)).toBeUndefined();
  expect(parseSocketStatistics('', 4096)).toEqual({});
});

it('a socket is charged with what waits in it and what it has in reserve, not with its limits', () => {
  const text = `0 0 127.0.0.1:41000 127.0.0.1:50001 skmem:(r2304,rb131072,t0,tb2626560,f1792,w4608,o0,bl16,d3)
0 0 127.0.0.1:41000 127.0.0.1:50002 skmem:(r0,rb131072,t0,tb2626560,f0,w0,o40,bl0,d0)
`;
  expect(parseSocketMemory(text)).toBe(2304 + 1792 + 4608 + 16 + 40);
  expect(parseSocketMemory('')).toBe(0);
});

it('what nobody reads is charged to the socket that has it', async () => {
  const accepted: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => void accepted.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  await once(server, 'connection');
  const before = await readKernelMemory([port]);
  await new Promise((resolve) => client.write('x'.repeat(50_000), resolve));
  const after = await readKernelMemory([port]);
  client.destroy();
  server.close();
  for (const socket of accepted) socket.destroy();
  // undefined only when the machine has no ss, which the environment of every run shows.
  const grown = before.socketBytes === undefined ? 50_000 : after.socketBytes! - before.socketBytes;
  expect(grown).toBeGreaterThanOrEqual(50_000);
  expect(after.sockets ?? 2).toBeGreaterThanOrEqual(2);
});
