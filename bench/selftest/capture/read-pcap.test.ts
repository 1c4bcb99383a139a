import { describe, expect, it } from 'vitest';
import { BenchError } from '../../contract/errors.ts';
import { ethernetHeader, ipv4Packet, pcapFile, type PcapParts } from './pcap-fixture.ts';
import { readPcap } from './read-pcap.ts';

const hello = ipv4Packet({
  from: 41_000,
  to: 50_001,
  sequence: 4_000_000_000,
  payload: Buffer.from('hello'),
});
const syn = ipv4Packet({ from: 50_001, to: 41_000, sequence: 7, isSyn: true });
const onEthernet = (packet: Buffer): Buffer => Buffer.concat([ethernetHeader, packet]);
const at = { seconds: 1_700_000_000, fraction: 123_456_789 };
const read = (parts: PcapParts): ReturnType<typeof readPcap> =>
  readPcap(pcapFile(parts), { name: 'test.pcap' });

describe('readPcap', () => {
  it.each(['little', 'big'] as const)(
    'reads segments from a %s-endian file, with their times to the nanosecond',
    (endianness) => {
      const records = [
        { ...at, packet: onEthernet(syn) },
        { seconds: 1_700_000_001, fraction: 5, packet: onEthernet(hello) },
      ];
      expect(read({ endianness, records })).toEqual([
        {
          atNs: 1_700_000_000_123_456_789n,
          sourcePort: 50_001,
          destinationPort: 41_000,
          sequence: 7,
          isSyn: true,
          payload: Buffer.alloc(0),
          cutBytes: 0,
        },
        {
          atNs: 1_700_000_001_000_000_005n,
          sourcePort: 41_000,
          destinationPort: 50_001,
          sequence: 4_000_000_000,
          isSyn: false,
          payload: Buffer.from('hello'),
          cutBytes: 0,
        },
      ]);
    },
  );

  it.each(['little', 'big'] as const)(
    'takes the fraction for µs where a %s-endian file says so',
    (endianness) => {
      const [segment] = read({
        endianness,
        precision: 'us',
        records: [{ seconds: 3, fraction: 250_000, packet: onEthernet(hello) }],
      });
      expect(segment?.atNs).toBe(3_250_000_000n);
    },
  );

  it.each([
    ['NULL', 0, Buffer.from('02000000', 'hex')],
    ['NULL of a big-endian machine', 0, Buffer.from('00000002', 'hex')],
    ['LINUX_SLL', 113, Buffer.from('00000304000600000000000000000800', 'hex')],
    ['LINUX_SLL2', 276, Buffer.from('0800000000000001030400060000000000000000', 'hex')],
  ])('finds IPv4 behind the link header %s', (_name, linkType, header) => {
    const segments = read({
      linkType,
      records: [{ ...at, packet: Buffer.concat([header, hello]) }],
    });
    expect(segments.map(({ payload }) => payload.toString())).toEqual(['hello']);
  });

  it('leaves out what is not TCP over IPv4', () => {
    const arp = Buffer.concat([Buffer.from('0000000000000000000000000806', 'hex'), hello]);
    const udp = Buffer.from(hello);
    udp.writeUInt8(17, 9);
    for (const packet of [arp, onEthernet(udp), onEthernet(hello.subarray(0, 30)), Buffer.alloc(3)])
      expect(read({ records: [{ ...at, packet }] })).toEqual([]);
  });

  it('says how many bytes of a payload were sent but not captured', () => {
    const [segment] = read({ records: [{ ...at, packet: onEthernet(hello), cutBytes: 2 }] });
    expect(segment).toMatchObject({ payload: Buffer.from('hel'), cutBytes: 2 });
  });

  it('does not take the padding of a short Ethernet frame for payload', () => {
    const [segment] = read({
      records: [{ ...at, packet: Buffer.concat([onEthernet(hello), Buffer.alloc(9)]) }],
    });
    expect(segment).toMatchObject({ payload: Buffer.from('hello'), cutBytes: 0 });
  });

  it('takes the length of the record for a segment too long for its length field', () => {
    const giant = ipv4Packet({
      from: 1,
      to: 2,
      sequence: 0,
      payload: Buffer.from('x'.repeat(60_000)),
    });
    giant.writeUInt16BE(0, 2);
    const [segment] = read({ records: [{ ...at, packet: onEthernet(giant), cutBytes: 1000 }] });
    expect(segment?.payload.length).toBe(59_000);
    expect(segment?.cutBytes).toBe(1000);
  });

  it('refuses a file that is cut short, with the place; leaves the last packet out of one that is still being written', () => {
    const whole = pcapFile({
      records: [
        { ...at, packet: onEthernet(syn) },
        { ...at, packet: onEthernet(hello) },
      ],
    });
    // 24 bytes of the file's header, 16 of the record's, 54 of the first packet.
    const secondAt = 24 + 16 + 54;
    for (const length of [secondAt + 1, secondAt + 16, whole.length - 1]) {
      const cut = whole.subarray(0, length);
      expect(() => readPcap(cut, { name: 'cut.pcap' })).toThrow(
        `cut.pcap: packet at byte ${secondAt} is cut short`,
      );
      expect(readPcap(cut, { name: 'cut.pcap', isGrowing: true })).toHaveLength(1);
    }
    expect(() => readPcap(whole.subarray(0, 10), { name: 'cut.pcap' })).toThrow(
      'cut.pcap: no pcap file: it has 10 bytes',
    );
    expect(readPcap(whole.subarray(0, 10), { name: 'cut.pcap', isGrowing: true })).toEqual([]);
  });

  it('refuses other files and links that it cannot read', () => {
    const other = Buffer.from('this is not a capture of packets');
    expect(() => readPcap(other, { name: 'x' })).toThrow(BenchError);
    expect(() => readPcap(other, { name: 'x' })).toThrow(
      'x: no pcap file: it begins with 0x73696874',
    );
    expect(() => read({ linkType: 105, records: [] })).toThrow(
      'test.pcap: packets of link type 105 are not read here',
    );
  });
});
