// Packets and pcap files built byte by byte, for tests.

interface PacketParts {
  readonly from: number;
  readonly to: number;
  readonly sequence: number;
  readonly isSyn?: boolean;
  readonly payload?: Buffer;
}

const SYN = 0x02;
const PSH_ACK = 0x18;

/** An IPv4 packet with a TCP segment, without options; its checksums are 0. */
export function ipv4Packet({
  from,
  to,
  sequence,
  isSyn = false,
  payload = Buffer.alloc(0),
}: PacketParts): Buffer {
  const ip = Buffer.from('450000000000400040060000' + '7f000001'.repeat(2), 'hex');
  ip.writeUInt16BE(40 + payload.length, 2);
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(from, 0);
  tcp.writeUInt16BE(to, 2);
  tcp.writeUInt32BE(sequence, 4);
  tcp.writeUInt8(0x50, 12);
  tcp.writeUInt8(isSyn ? SYN : PSH_ACK, 13);
  return Buffer.concat([ip, tcp, payload]);
}

export const ethernetHeader = Buffer.from('0000000000000000000000000800', 'hex');

interface PcapRecord {
  readonly seconds: number;
  /** In ns or µs, according to the file's `precision`. */
  readonly fraction: number;
  readonly packet: Buffer;
  /** Bytes of the packet that were not captured. */
  readonly cutBytes?: number;
}

export interface PcapParts {
  readonly endianness?: 'little' | 'big';
  readonly precision?: 'ns' | 'us';
  readonly linkType?: number;
  readonly records: readonly PcapRecord[];
}

export function pcapFile({
  endianness = 'little',
  precision = 'ns',
  linkType = 1,
  records,
}: PcapParts): Buffer {
  const u32 = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) {
      if (endianness === 'little') bytes.writeUInt32LE(value, 4 * index);
      else bytes.writeUInt32BE(value, 4 * index);
    }
    return bytes;
  };
  // Version 2.4, as two numbers of 16 bits.
  const version = Buffer.from(endianness === 'little' ? '02000400' : '00020004', 'hex');
  const header = [
    u32(precision === 'ns' ? 0xa1b23c4d : 0xa1b2c3d4),
    version,
    u32(0, 0, 262_144, linkType),
  ];
  return Buffer.concat([
    ...header,
    ...records.flatMap(({ seconds, fraction, packet, cutBytes = 0 }) => [
      u32(seconds, fraction, packet.length - cutBytes, packet.length),
      packet.subarray(0, packet.length - cutBytes),
    ]),
  ]);
}
