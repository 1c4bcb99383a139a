import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { connect, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { decodeFields, encodeFields } from './hpack.ts';

const decode = (bytes: Buffer): [string, string][] => [...decodeFields(bytes, 0, bytes.length)];

it('reads the examples of RFC 7541 Appendix C that need no dynamic table', () => {
  expect(decode(Buffer.from('828684418cf1e3c2e5f23a6ba0ab90f4ff', 'hex'))).toEqual([
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'www.example.com'],
  ]);
  expect(decode(Buffer.from('040c2f73616d706c652f70617468', 'hex'))).toEqual([
    [':path', '/sample/path'],
  ]);
  expect(decode(Buffer.from('100870617373776f726406736563726574', 'hex'))).toEqual([
    ['password', 'secret'],
  ]);
});

it('reads what it writes, short and long', () => {
  const fields = [1, 126, 127, 128, 300, 20_000].map(
    (length) => [`x-${length}`, 'v'.repeat(length)] as const,
  );
  expect(decode(encodeFields(fields))).toEqual(fields);
});

it('reads every byte that node:http2 may send in a field, with and without Huffman coding', async () => {
  const values = [
    Buffer.from(Array.from({ length: 95 }, (_, index) => 32 + index))
      .toString('latin1')
      .trim(),
    Buffer.from(Array.from({ length: 128 }, (_, index) => 128 + index)).toString('latin1'),
    ...Array.from({ length: 26 }, (_, index) => String.fromCodePoint(97 + index).repeat(index + 1)),
  ];
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond({
      ':status': 200,
      ...Object.fromEntries(values.map((value, index) => [`x-${index}`, value])),
    });
    stream.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const request = encodeFields([
    [':method', 'GET'],
    [':scheme', 'http'],
    [':authority', 'localhost'],
    [':path', '/'],
  ]);
  const header = Buffer.from([0, 0, request.length, 1, 5, 0, 0, 0, 1]);
  // A table of size 0, as the probe announces it.
  const settings = Buffer.from([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  socket.write(
    Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings, header, request]),
  );
  let bytes = Buffer.alloc(0);
  let block: Buffer | undefined;
  while (block === undefined) {
    const [more] = (await once(socket, 'data')) as [Buffer];
    bytes = Buffer.concat([bytes, more]);
    for (let i = 0; i + 9 <= bytes.length; i += 9 + bytes.readUIntBE(i, 3)) {
      const end = i + 9 + bytes.readUIntBE(i, 3);
      if (bytes[i + 3] === 1 && end <= bytes.length) block = bytes.subarray(i + 9, end);
    }
  }
  socket.destroy();
  server.close();
  const fields = decodeFields(block, 0, block.length);
  expect(fields.get(':status')).toBe('200');
  expect(values.map((_, index) => fields.get(`x-${index}`))).toEqual(values);
});

it.each([
  ['ends in the middle of a field', '00'],
  ['ends in the middle of a field', '7f'],
  ['longer than its block', '000561'],
  ['in no table', 'be'],
  ['in no table', '80'],
  ['a dynamic table larger', '3fe11f'],
  ['beyond any length', 'ffffffffff7f'],
  ['the end of a string stands in it', '00016184ffffffff'],
  ['padding', '0001618100'],
])('refuses a block that %s: %s', (what, hex) => {
  expect(() => decode(Buffer.from(hex, 'hex'))).toThrow(what);
});
