// The forms of a frame on the wire. Binary: its number in four bytes, a byte that says whether
// somebody speaks in it, its content. Text: the same as JSON, the content in base64. Numbers begin
// at 1; number 0 is the large message.

export interface Frame {
  readonly number: number;
  readonly isSpeech: boolean;
  readonly content: Buffer;
}

const NUMBER_BYTES = 4;
const HEADER_BYTES = NUMBER_BYTES + 1;

export const binaryFrameBytes = (contentBytes: number): number => HEADER_BYTES + contentBytes;

export function renderBinaryFrame({ number, isSpeech, content }: Frame): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + content.length);
  bytes.writeUInt32BE(number, 0);
  bytes[NUMBER_BYTES] = isSpeech ? 1 : 0;
  content.copy(bytes, HEADER_BYTES);
  return bytes;
}

/** The content is a part of `bytes`. Undefined for what is no frame. */
export function parseBinaryFrame(bytes: Buffer): Frame | undefined {
  const speech = bytes[NUMBER_BYTES];
  return speech === 0 || speech === 1
    ? {
        number: bytes.readUInt32BE(0),
        isSpeech: speech === 1,
        content: bytes.subarray(HEADER_BYTES),
      }
    : undefined;
}

export function renderTextFrame({ number, isSpeech, content }: Frame): string {
  return `{"s":${number},"a":${isSpeech ? 1 : 0},"d":"${content.toString('base64')}"}`;
}

/** The length of `renderTextFrame`, by counting. */
export function textFrameBytes({ number, content }: Pick<Frame, 'number' | 'content'>): number {
  return '{"s":,"a":0,"d":""}'.length + String(number).length + 4 * Math.ceil(content.length / 3);
}

/** Undefined for what is no frame. */
export function parseTextFrame(text: string): Frame | undefined {
  const parsed = parseObject(text);
  if (parsed === undefined) return undefined;
  const { s, a, d } = parsed;
  return Number.isInteger(s) && (a === 0 || a === 1) && typeof d === 'string'
    ? { number: s as number, isSpeech: a === 1, content: Buffer.from(d, 'base64') }
    : undefined;
}

interface TextFrame {
  readonly s?: unknown;
  readonly a?: unknown;
  readonly d?: unknown;
}

function parseObject(text: string): TextFrame | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The client will send no more frames: over WebSocket, which has no requests to end. */
export const END_MESSAGE = '{"type":"end"}';

/** The server has sent all frames. */
export const DONE_MESSAGE = '{"type":"done"}';
