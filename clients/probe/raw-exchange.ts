// One request and its response as it comes, so that what stands on the way can be seen in it: its
// fields, how it is chunked, whether it is compressed.

import { createHash } from 'node:crypto';
import type { TransportId } from '../../bench/contract/arms/transports.ts';
import { transports } from '../../bench/contract/arms/transports.ts';
import type { Exchange } from '../../bench/contract/proxy-cells.ts';
import { KIB, type Instant } from '../../bench/contract/units.ts';
import { getRequest, webSocketPathOf } from '../request-target.ts';
import { asStreamFailure, socketFailure, type StreamFailure } from '../stream-failure.ts';
import type { StreamTarget } from '../stream-client.ts';
import { HttpHeadReader, type HttpHead } from './http-head.ts';
import { openSocket } from './open-socket.ts';
import { upgradeRequest } from './websocket.ts';

/** An example of RFC 6455 §1.3: equal requests have equal answers. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

interface ExchangeOptions {
  readonly transport: TransportId;
  readonly target: StreamTarget;
  readonly now: () => Instant;
}

/** It goes on until `finish`, for a WebSocket does not end while its close is not answered. */
export class RawExchange {
  readonly #chunks: Buffer[] = [];
  readonly #socket: ReturnType<typeof openSocket>;
  #failure: StreamFailure | undefined;

  constructor({ transport, target, now }: ExchangeOptions) {
    const buffer = Buffer.allocUnsafeSlow(64 * KIB);
    this.#socket = openSocket(
      target,
      { buffer, now },
      {
        connected: () => undefined,
        opened: () => void this.#socket.write(requestOf(transport, target), 'latin1'),
        read: (bytes) => void this.#chunks.push(Buffer.from(buffer.subarray(0, bytes))),
        ended: (error) => {
          if (error !== undefined) this.#failure ??= socketFailure(error, 'during an exchange');
        },
        closed: () => undefined,
        refused: (failure) => {
          this.#failure ??= failure;
        },
      },
    );
  }

  finish(): Exchange | { readonly cause: string; readonly message: string } {
    this.#socket.destroy();
    try {
      if (this.#failure !== undefined) throw this.#failure;
      return readExchange(Buffer.concat(this.#chunks));
    } catch (error) {
      const { key, message } = asStreamFailure(error);
      return { cause: key, message };
    }
  }
}

/** A client of an event stream accepts gzip, as browsers do. */
function requestOf(transport: TransportId, target: StreamTarget): string {
  return transports[transport].opensByUpgrade
    ? upgradeRequest(target, { path: webSocketPathOf(target), key: KEY })
    : getRequest(target, { accept: '*/*', acceptEncoding: 'gzip' });
}

/** @throws StreamFailure for bytes that are no response, or not all of one */
export function readExchange(bytes: Buffer): Exchange {
  const reader = new HttpHeadReader();
  const from = reader.push(bytes, 0, bytes.length);
  const { head } = reader;
  if (from === undefined || head === undefined)
    throw socketFailure(undefined, 'before the response head was whole');
  const { chunks, body } = bodyOf(head, bytes.subarray(from));
  return {
    status: head.status,
    fields: [...head.fields],
    chunkBytes: chunks.map(({ length }) => length),
    bodyBytes: body.length,
    bodySha256: createHash('sha256').update(body).digest('hex'),
  };
}

function bodyOf(
  { fields }: HttpHead,
  rest: Buffer,
): { readonly chunks: readonly Buffer[]; readonly body: Buffer } {
  if (fields.get('transfer-encoding')?.toLowerCase() !== 'chunked')
    return { chunks: [], body: rest };
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at);
    const length = Number.parseInt(rest.toString('latin1', at, Math.max(at, lineEnd)), 16);
    const start = lineEnd + 2;
    if (lineEnd === -1 || !(start + length + 2 <= rest.length))
      throw socketFailure(undefined, 'before the last chunk');
    if (length === 0) return { chunks, body: Buffer.concat(chunks) };
    chunks.push(rest.subarray(start, start + length));
    at = start + length + 2;
  }
}
