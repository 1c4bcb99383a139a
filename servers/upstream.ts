// Stands in for a model: streams are requested over a unix socket, with a plan of when their tokens
// are due, and each token is written by itself once it is due; see upstream-link.ts for the
// protocol. It runs the pacer of the twins, whose cost it takes from their account.

import { createServer, type Server, type Socket } from 'node:net';
import { Pacer, type Paced } from './pacer.ts';
import { REQUEST_HEAD_BYTES } from './upstream-link.ts';

interface Generation extends Paced {
  readonly socket: Socket;
  readonly originNs: number;
  readonly offsetsNs: Float64Array;
  sent: number;
}

/** Lets every connection of a ramp arrive in one turn of the event loop. */
const BACKLOG = 4096;

export class Upstream {
  readonly #epochNs = process.hrtime.bigint();
  readonly #pacer: Pacer<Generation>;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  tokensWritten = 0;

  constructor() {
    this.#pacer = new Pacer({
      now: () => Number(process.hrtime.bigint() - this.#epochNs),
      emit: (generation) => this.#emit(generation),
    });
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      // A twin drops a stream whose receiver is gone.
      socket.on('error', () => socket.destroy());
      socket.once('close', () => this.#sockets.delete(socket));
      this.#readRequest(socket);
    });
  }

  /** @param path Path of the unix socket. */
  async listen(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ path, backlog: BACKLOG }, resolve);
    });
  }

  #readRequest(socket: Socket): void {
    let request = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      request = Buffer.concat([request, bytes]);
      if (request.length < REQUEST_HEAD_BYTES) return;
      const tokens = request.readDoubleLE(8);
      if (request.length < REQUEST_HEAD_BYTES + tokens * Float64Array.BYTES_PER_ELEMENT) return;
      socket.removeAllListeners('data');
      this.#generate(
        socket,
        Number(request.readBigInt64LE(0) - this.#epochNs),
        readOffsets(request, tokens),
      );
    });
  }

  #generate(socket: Socket, originNs: number, offsetsNs: Float64Array): void {
    const generation: Generation = {
      socket,
      originNs,
      offsetsNs,
      sent: 0,
      dueNs: 0,
      nextInSlot: undefined,
      isScheduled: false,
    };
    const goOn = (): void =>
      this.#pacer.schedule(generation, originNs + (offsetsNs[generation.sent] as number));
    socket.on('drain', () => generation.sent < offsetsNs.length && goOn());
    // The twin sends nothing more; reading goes on to notice its end.
    socket.resume();
    goOn();
  }

  #emit(generation: Generation): number | undefined {
    const { socket, originNs, offsetsNs } = generation;
    if (socket.destroyed) return undefined;
    generation.sent++;
    this.tokensWritten++;
    const hasRoom = socket.write(`${generation.sent}\n`);
    if (generation.sent === offsetsNs.length) {
      socket.end();
      return undefined;
    }
    // Waits for a twin that reads too slowly; later tokens are sent late rather than skipped.
    return hasRoom ? originNs + (offsetsNs[generation.sent] as number) : undefined;
  }

  close(): void {
    this.#pacer.stop();
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Copies the offsets, which need not be aligned in the request. */
function readOffsets(request: Buffer, tokens: number): Float64Array {
  const offsets = new Uint8Array(tokens * Float64Array.BYTES_PER_ELEMENT);
  offsets.set(request.subarray(REQUEST_HEAD_BYTES, REQUEST_HEAD_BYTES + offsets.length));
  return new Float64Array(offsets.buffer);
}
