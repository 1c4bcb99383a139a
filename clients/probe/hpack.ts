// Header fields of HTTP/2 (RFC 7541) as far as the probe needs them: it announces a dynamic table of
// size 0, so every field is a whole literal or refers to the static table; and it sends whole
// literals itself.

import { protocolFailure } from '../stream-failure.ts';

/** RFC 7541 Appendix A; values only where the table has them. Index 0 is not used. */
const staticTable: readonly (readonly [name: string, value: string])[] = (
  '|:authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200|:status 204|:status 206|:status 304|:status 400|' +
  ':status 404|:status 500|accept-charset|accept-encoding gzip, deflate|accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|authorization|' +
  'cache-control|content-disposition|content-encoding|content-language|content-length|content-location|content-range|content-type|cookie|date|etag|expect|expires|' +
  'from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards|proxy-authenticate|proxy-authorization|' +
  'range|referer|refresh|retry-after|server|set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate'
)
  .split('|')
  .map((entry) => {
    const space = entry.indexOf(' ');
    return space === -1 ? [entry, ''] : [entry.slice(0, space), entry.slice(space + 1)];
  });

/**
 * Bits of the Huffman code of each byte (RFC 7541 Appendix B), which is canonical: codes of one
 * length follow each other in the order of the bytes, so the lengths are the whole code.
 */
const codeLengths: readonly number[] = [
  [13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28],
  [28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28],
  [6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6],
  [5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10],
  [13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7],
  [7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6],
  [15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5],
  [6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28],
  [20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23],
  [24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24],
  [22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23],
  [21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23],
  [26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25],
  [19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27],
  [20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23],
  [26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26],
].flat();

const LONGEST_CODE = 30;

/** By length of the code: the first code of that length, and the bytes in the order of their codes. */
const codesOfLength: readonly { readonly first: number; readonly bytes: readonly number[] }[] =
  makeCodes();

function makeCodes(): { first: number; bytes: number[] }[] {
  const codes = [];
  let first = 0;
  for (let length = 0; length <= LONGEST_CODE; length++) {
    const bytes = [...codeLengths.keys()].filter((byte) => codeLengths[byte] === length);
    codes.push({ first, bytes });
    first = (first + bytes.length) * 2;
  }
  return codes;
}

/** RFC 7541 §5.2; the padding must be the beginning of the end-of-string code: ones. */
function decodeHuffman(buffer: Buffer, start: number, end: number): string {
  const decoded: number[] = [];
  let code = 0;
  let length = 0;
  for (let i = start; i < end; i++) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + (((buffer[i] as number) >> bit) & 1);
      length++;
      const { first, bytes } = codesOfLength[length] as (typeof codesOfLength)[number];
      const byte = bytes[code - first];
      if (byte !== undefined) {
        decoded.push(byte);
        code = 0;
        length = 0;
      } else if (length === LONGEST_CODE) {
        throw protocolFailure('HPACK: the code for the end of a string stands in it');
      }
    }
  }
  if (length > 7 || code !== 2 ** length - 1)
    throw protocolFailure('HPACK: the padding of a string is not the beginning of its end');
  return Buffer.from(decoded).toString('latin1');
}

class BlockReader {
  readonly #buffer: Buffer;
  readonly #end: number;
  offset: number;

  constructor(buffer: Buffer, start: number, end: number) {
    this.#buffer = buffer;
    this.offset = start;
    this.#end = end;
  }

  get isOver(): boolean {
    return this.offset >= this.#end;
  }

  byte(): number {
    if (this.isOver) throw protocolFailure('HPACK: a header block ends in the middle of a field');
    return this.#buffer[this.offset++] as number;
  }

  /** RFC 7541 §5.1: an integer that begins in the low bits of `first`. */
  integer(first: number, prefixBits: number): number {
    const most = 2 ** prefixBits - 1;
    let value = first & most;
    if (value < most) return value;
    for (let shift = 1; ; shift *= 128) {
      const next = this.byte();
      value += (next & 0x7f) * shift;
      if (value > MAX_INTEGER) throw protocolFailure('HPACK: an integer beyond any length');
      if (next < 0x80) return value;
    }
  }

  /** RFC 7541 §5.2. */
  string(): string {
    const first = this.byte();
    const length = this.integer(first, 7);
    const start = this.offset;
    if (start + length > this.#end)
      throw protocolFailure('HPACK: a string is longer than its block');
    this.offset += length;
    return (first & 0x80) === 0
      ? this.#buffer.toString('latin1', start, this.offset)
      : decodeHuffman(this.#buffer, start, this.offset);
  }
}

/** Far beyond any length in a block that is accepted. */
const MAX_INTEGER = 2 ** 24;

function staticField(index: number): readonly [name: string, value: string] {
  const field = index === 0 ? undefined : staticTable[index];
  if (field === undefined)
    throw protocolFailure(`HPACK: field ${index} is in no table that was agreed on`);
  return field;
}

/** The fields of a whole header block; of fields with one name the last. @throws StreamFailure */
export function decodeFields(buffer: Buffer, start: number, end: number): Map<string, string> {
  const reader = new BlockReader(buffer, start, end);
  const fields = new Map<string, string>();
  while (!reader.isOver) {
    const first = reader.byte();
    if (first >= 0x80) {
      const [name, value] = staticField(reader.integer(first, 7));
      fields.set(name, value);
    } else if (first >= 0x20 && first < 0x40) {
      if (reader.integer(first, 5) !== 0)
        throw protocolFailure('HPACK: a dynamic table larger than was agreed on');
    } else {
      const index = reader.integer(first, first >= 0x40 ? 6 : 4);
      const name = index === 0 ? reader.string() : staticField(index)[0];
      fields.set(name, reader.string());
    }
  }
  return fields;
}

/** A header block of literals that no table keeps (RFC 7541 §6.2.2), in ASCII. */
export function encodeFields(fields: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.from([0]), encodeString(name), encodeString(value)]),
  );
}

const SHORT = 127;

function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < SHORT) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const length = [SHORT];
  let rest = bytes.length - SHORT;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) length.push((rest % 0x80) + 0x80);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}
