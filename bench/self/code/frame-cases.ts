// The demands of RFC 6455 on either side of a WebSocket: frames that must be understood, and others
// that must end the connection with a close code. The expected values are written by hand.

import { opcodes } from '../../../clients/conformance/raw-websocket.ts';

const { continuation, text, close, ping, pong } = opcodes;

export interface FrameCase {
  readonly name: string;
  readonly frames: readonly Frame[];
  /** Code of the close frame that answers it; undefined where the stream goes on. */
  readonly closeCode?: number;
  /** Payload of the pong that answers it. */
  readonly pong?: string;
  /** The message that is understood, for those of text. */
  readonly message?: string;
}

export interface Frame {
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly isFinal?: boolean;
  /** Bits of the first byte that must be 0. */
  readonly reserved?: number;
  /** As the other side would: masked by a server, not masked by a client. */
  readonly isMaskedWrong?: true;
}

const bytes = (payload: string | readonly number[]): Uint8Array => Buffer.from(payload as string);
const frame = (
  opcode: number,
  payload: string | readonly number[] = '',
  more: Partial<Frame> = {},
): Frame => ({ opcode, payload: bytes(payload), ...more });
const crab = [...Buffer.from('🦀')];

/** `MESSAGE` stands for a message that the receiver knows. */
export function frameCases(MESSAGE: string): readonly FrameCase[] {
  const half = Math.floor(MESSAGE.length / 2);
  const [before, after] = [MESSAGE.slice(0, half), MESSAGE.slice(half)];
  return [
    { name: 'a message in one frame', frames: [frame(text, MESSAGE)], message: MESSAGE },
    {
      name: 'a message in fragments',
      frames: [frame(text, before, { isFinal: false }), frame(continuation, after)],
      message: MESSAGE,
    },
    {
      name: 'a ping between fragments',
      frames: [
        frame(text, before, { isFinal: false }),
        frame(ping, 'between'),
        frame(continuation, after),
      ],
      message: MESSAGE,
      pong: 'between',
    },
    { name: 'an empty ping', frames: [frame(ping)], pong: '' },
    { name: 'a ping of 125 bytes', frames: [frame(ping, 'p'.repeat(125))], pong: 'p'.repeat(125) },
    { name: 'a pong that was not asked for', frames: [frame(pong, 'x')] },
    {
      name: 'a frame masked by the wrong side',
      frames: [frame(text, MESSAGE, { isMaskedWrong: true })],
      closeCode: 1002,
    },
    { name: 'a reserved bit', frames: [frame(text, MESSAGE, { reserved: 0x40 })], closeCode: 1002 },
    { name: 'an unknown opcode', frames: [frame(3, 'x')], closeCode: 1002 },
    {
      name: 'a fragmented ping',
      frames: [frame(ping, 'x', { isFinal: false })],
      closeCode: 1002,
    },
    { name: 'a ping of 126 bytes', frames: [frame(ping, 'p'.repeat(126))], closeCode: 1002 },
    { name: 'a continuation of nothing', frames: [frame(continuation, 'x')], closeCode: 1002 },
    {
      name: 'a message within another',
      frames: [frame(text, before, { isFinal: false }), frame(text, after)],
      closeCode: 1002,
    },
    { name: 'half a close code', frames: [frame(close, [3])], closeCode: 1002 },
    {
      name: 'a close code that must not be sent',
      frames: [frame(close, [1005 >> 8, 1005 & 255])],
      closeCode: 1002,
    },
    { name: 'text that is not UTF-8', frames: [frame(text, [0x61, 0xff])], closeCode: 1007 },
    {
      name: 'text with half of a surrogate pair',
      frames: [frame(text, [0xed, 0xa0, 0x80])],
      closeCode: 1007,
    },
    {
      name: 'text whose fragments cut a character that never ends',
      frames: [frame(text, crab.slice(0, 2), { isFinal: false }), frame(continuation)],
      closeCode: 1007,
    },
    {
      name: 'a reason that is not UTF-8',
      frames: [frame(close, [1000 >> 8, 1000 & 255, 0xff])],
      closeCode: 1007,
    },
    {
      name: 'a close, which is echoed',
      frames: [frame(close, [1000 >> 8, 1000 & 255])],
      closeCode: 1000,
    },
  ];
}
