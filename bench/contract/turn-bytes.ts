// Bytes that one turn takes on its way up, by the letter of the specifications and without rendering
// a request: the oracle for the counters of the client's sockets. With the whole history resent they
// grow with the square of the number of turns, otherwise in proportion to it.

import type { TransportDescription } from './arms/transport-description.ts';
import { frameBytes, textBytes } from './byte-model.ts';
import { TURNS_PATH, type ContextItem, type TurnRequest } from './turn-requests.ts';
import type { TurnConnection } from './turn-conditions.ts';

/** `{"role":"tool","text":"…"}` */
const itemBytes = ({ role, text }: ContextItem): number =>
  '{"role":"","text":}'.length + role.length + textBytes(JSON.stringify(text));

/** The JSON of a turn, as RFC 8259 has it without white space. */
export function turnBodyBytes(request: TurnRequest): number {
  const { id, seed, max_output_tokens: tokens, store, previous_response_id: previous } = request;
  const fixed =
    '{"type":"response.create","id":"","seed":,"max_output_tokens":,"store":,"input":[]}';
  const named = previous === undefined ? 0 : ',"previous_response_id":""'.length + previous.length;
  const values = id.length + String(seed).length + String(tokens).length + String(store).length;
  const items = request.input.reduce((sum, item) => sum + itemBytes(item), 0);
  return fixed.length + values + named + items + (request.input.length - 1);
}

interface TurnPlace {
  /** Form of the transport's messages. */
  readonly protocol: TransportDescription['protocol'];
  readonly connection: TurnConnection;
  /** From 0; the first turn opens a kept connection. */
  readonly turn: number;
  /** `127.0.0.1:8080` */
  readonly authority: string;
}

/** A client masks its frames (RFC 6455 §5.3). */
const MASK_BYTES = 4;
/** 16 random bytes in base64 (RFC 6455 §4.1). */
const KEY_CHARACTERS = 24;

/** The request line, its fields and the blank line of a POST (RFC 9112 §3, §5). */
function postHeadBytes(bodyBytes: number, authority: string): number {
  const head = [
    `POST ${TURNS_PATH} HTTP/1.1`,
    `Host: ${authority}`,
    'Accept: text/event-stream',
    'Content-Type: application/json',
    `Content-Length: ${bodyBytes}`,
  ];
  return head.reduce((sum, line) => sum + line.length + 2, 2);
}

/** The opening handshake of a WebSocket (RFC 6455 §4.1). */
function upgradeBytes(authority: string, subprotocol: string): number {
  const head = [
    `GET ${TURNS_PATH} HTTP/1.1`,
    `Host: ${authority}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${''.padStart(KEY_CHARACTERS)}`,
    `Sec-WebSocket-Protocol: ${subprotocol}`,
  ];
  return head.reduce((sum, line) => sum + line.length + 2, 2);
}

/** All bytes that the client's socket sends for a turn. */
export function turnBytesUp(
  request: TurnRequest,
  { protocol, connection, turn, authority }: TurnPlace,
  subprotocol: string,
): number {
  const bodyBytes = turnBodyBytes(request);
  if (protocol !== 'websocket') return postHeadBytes(bodyBytes, authority) + bodyBytes;
  const opens = connection === 'new' || turn === 0;
  return (opens ? upgradeBytes(authority, subprotocol) : 0) + frameBytes(bodyBytes) + MASK_BYTES;
}
