// Why a stream did not end whole. Thrown by readers, reported by the client stacks, counted by cause in the tally.

/** `key` is short and stable (`protocol`, `closed-early`, `http-503`, `ECONNRESET`); the message says what and where. */
export class StreamFailure extends Error {
  readonly key: string;

  constructor(key: string, message: string) {
    super(message);
    this.name = 'StreamFailure';
    this.key = key;
  }
}

/** Bytes that the transport's specification does not allow. */
export const protocolFailure = (message: string): StreamFailure => new StreamFailure('protocol', message);

/** A socket that ended or broke before the stream was whole; `when` completes "the connection ended …". */
export function socketFailure(error: NodeJS.ErrnoException | undefined, when: string): StreamFailure {
  if (error === undefined) return new StreamFailure('closed-early', `the connection ended ${when}`);
  return new StreamFailure(error.code ?? 'socket', `${error.message}, ${when}`);
}

/** Anything thrown while reading. What is no StreamFailure is a fault of this program and must not be blamed on the peer. */
export function asStreamFailure(error: unknown): StreamFailure {
  if (error instanceof StreamFailure) return error;
  return new StreamFailure('client-bug', error instanceof Error ? (error.stack ?? error.message) : String(error));
}
