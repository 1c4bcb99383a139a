// Reads the classic pcap format (draft-ietf-opsawg-pcap), as tcpdump writes it: a file header, then
// packets, each with its time and two lengths, as captured and as sent. Of the packets, only TCP
// over IPv4 is of interest.

import { BenchError } from '../../contract/errors.ts';

export interface TcpSegment {
  /** CLOCK_REALTIME, ns since 1970. */
  readonly atNs: bigint;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly isSyn: boolean;
  /** The captured part of the payload. */
  readonly payload: Buffer;
  /** Bytes of the payload that were sent but not captured. */
  readonly cutBytes: number;
}

export interface PcapOptions {
  /** Name of the file in messages. */
  readonly name: string;
  /** True while the file is still being written: an incomplete record is left out. */
  readonly isGrowing?: boolean;
}

interface PcapFormat {
  readonly isLittleEndian: boolean;
  readonly nsPerFraction: bigint;
  readonly linkType: number;
}

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const NS_PER_SECOND = 1_000_000_000n;

/** Keyed by the magic number as a little-endian reader sees it. */
const formats = new Map<number, Omit<PcapFormat, 'linkType'>>([
  [0xa1b23c4d, { isLittleEndian: true, nsPerFraction: 1n }],
  [0x4d3cb2a1, { isLittleEndian: false, nsPerFraction: 1n }],
  [0xa1b2c3d4, { isLittleEndian: true, nsPerFraction: 1000n }],
  [0xd4c3b2a1, { isLittleEndian: false, nsPerFraction: 1000n }],
]);

/**
 * Returns the offset of IPv4 in a packet of a link type; undefined when the packet is something
 * else.
 */
type LinkHeader = (packet: Buffer) => number | undefined;

const ETHERTYPE_IPV4 = 0x0800;
/** AF_INET of the machine that captured, in its byte order. */
const FAMILY_IPV4: ReadonlySet<number> = new Set([0x02000000, 0x00000002]);

const behind = (headerBytes: number, typeAt: number): LinkHeader => {
  return (packet) =>
    packet.length >= headerBytes && packet.readUInt16BE(typeAt) === ETHERTYPE_IPV4
      ? headerBytes
      : undefined;
};

/** Link types of loopback interfaces: https://www.tcpdump.org/linktypes.html */
const linkHeaders = new Map<number, LinkHeader>([
  [0, (packet) => (packet.length >= 4 && FAMILY_IPV4.has(packet.readUInt32LE()) ? 4 : undefined)], // NULL
  [1, behind(14, 12)], // ETHERNET
  [113, behind(16, 14)], // LINUX_SLL
  [276, behind(20, 0)], // LINUX_SLL2
]);

/**
 * Returns TCP segments in the order of the file. @throws BenchError FILE when the file is
 * truncated, or of an unsupported kind.
 */
export function readPcap(bytes: Buffer, options: PcapOptions): TcpSegment[] {
  const fail = (what: string): BenchError =>
    new BenchError('FILE', `${options.name}: ${what}`, { hint: 'capture again' });
  if (bytes.length < FILE_HEADER_BYTES) {
    if (options.isGrowing === true) return [];
    throw fail(`no pcap file: it has ${bytes.length} bytes`);
  }
  const { isLittleEndian, nsPerFraction, linkType } = readFileHeader(bytes, fail);
  const ipv4At = linkHeaders.get(linkType);
  if (ipv4At === undefined) throw fail(`packets of link type ${linkType} are not read here`);
  const u32 = (at: number): number =>
    isLittleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  const segments: TcpSegment[] = [];
  for (let at = FILE_HEADER_BYTES; at < bytes.length;) {
    const packetAt = at + RECORD_HEADER_BYTES;
    const end = packetAt > bytes.length ? packetAt : packetAt + u32(at + 8);
    if (end > bytes.length) {
      if (options.isGrowing === true) break;
      throw fail(
        `packet at byte ${at} is cut short: it would end at byte ${end} of ${bytes.length}`,
      );
    }
    const packet = bytes.subarray(packetAt, end);
    const ipv4 = ipv4At(packet);
    const lengths = { headerBytes: ipv4 ?? 0, sentBytes: u32(at + 12) };
    const segment = ipv4 === undefined ? undefined : readSegment(packet, lengths);
    if (segment !== undefined)
      segments.push({
        atNs: BigInt(u32(at)) * NS_PER_SECOND + BigInt(u32(at + 4)) * nsPerFraction,
        ...segment,
      });
    at = end;
  }
  return segments;
}

function readFileHeader(bytes: Buffer, fail: (what: string) => BenchError): PcapFormat {
  const magic = bytes.readUInt32LE(0);
  const format = formats.get(magic);
  if (format === undefined)
    throw fail(`no pcap file: it begins with 0x${magic.toString(16).padStart(8, '0')}`);
  const linkField = format.isLittleEndian ? bytes.readUInt32LE(20) : bytes.readUInt32BE(20);
  // The upper half describes frame check sequences, which loopback does not have.
  return { ...format, linkType: linkField & 0xffff };
}

const PROTOCOL_TCP = 6;
const IPV4_LEAST_BYTES = 20;
const TCP_LEAST_BYTES = 20;
const SYN = 0x02;

/**
 * undefined for anything but a TCP segment whose header was captured. RFC 791 §3.1, RFC 9293 §3.1.
 */
function readSegment(
  packet: Buffer,
  lengths: { headerBytes: number; sentBytes: number },
): Omit<TcpSegment, 'atNs'> | undefined {
  const ip = packet.subarray(lengths.headerBytes);
  if (
    ip.length < IPV4_LEAST_BYTES ||
    ip.readUInt8(0) >> 4 !== 4 ||
    ip.readUInt8(9) !== PROTOCOL_TCP
  )
    return undefined;
  const tcpAt = (ip.readUInt8(0) & 0x0f) * 4;
  if (ip.length < tcpAt + TCP_LEAST_BYTES) return undefined;
  // A segment that a later stage would split has more bytes than the field holds, so the field is
  // 0.
  const ipBytes = ip.readUInt16BE(2) || lengths.sentBytes - lengths.headerBytes;
  const payloadAt = tcpAt + (ip.readUInt8(tcpAt + 12) >> 4) * 4;
  const payload = ip.subarray(payloadAt, Math.max(payloadAt, ipBytes));
  return {
    sourcePort: ip.readUInt16BE(tcpAt),
    destinationPort: ip.readUInt16BE(tcpAt + 2),
    sequence: ip.readUInt32BE(tcpAt + 4),
    isSyn: (ip.readUInt8(tcpAt + 13) & SYN) !== 0,
    payload,
    cutBytes: Math.max(0, ipBytes - payloadAt - payload.length),
  };
}
