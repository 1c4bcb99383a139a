// Failures of streams that did not end whole. Thrown by readers, reported by the client stacks,
// counted by cause in the tally.

/**
 * `key` is short and stable (`protocol`, `closed-early`, `closed-1012`, `http-503`, `ECONNRESET`);
 * the message says what and where.
 */
export class StreamFailure extends Error {
  readonly key: string;

  constructor(key: string, message: string) {
    super(message);
    this.name = 'StreamFailure';
    this.key = key;
  }
}

/** Bytes that the transport's specification does not allow. */
export const protocolFailure = (message: string): StreamFailure =>
  new StreamFailure('protocol', message);

/**
 * A socket that ended or broke before the stream was whole; `when` completes "the connection ended
 * …".
 */
export function socketFailure(
  error: NodeJS.ErrnoException | undefined,
  when: string,
): StreamFailure {
  if (error === undefined) return new StreamFailure('closed-early', `the connection ended ${when}`);
  return new StreamFailure(error.code ?? 'socket', `${error.message}, ${when}`);
}

interface Close {
  /** undefined when the close frame had none. */
  readonly code: number | undefined;
  readonly reason: string;
  readonly isDone: boolean;
}

/** Code that a close frame without one counts as (RFC 6455 §7.1.5). */
const NO_CODE = 1005;
const NORMAL_CLOSURE = 1000;

/** Derives from a WebSocket's close frame why the stream is not whole; undefined when it is. */
export function closeFailure({ code, reason, isDone }: Close): StreamFailure | undefined {
  const what = `the server closed with ${code ?? 'no code'}${reason === '' ? '' : ` (${reason})`}`;
  if (!isDone) return new StreamFailure(`closed-${code ?? NO_CODE}`, `${what} before \`done\``);
  return code === NORMAL_CLOSURE ? undefined : protocolFailure(`${what}, not ${NORMAL_CLOSURE}`);
}

/** From the `stream-error` by which a server refuses a stream on a connection that others share. */
export function refusalFailure(text: string): StreamFailure {
  const { status } = JSON.parse(text) as { status?: unknown };
  return new StreamFailure(`http-${String(status)}`, `the server refused the stream: ${text}`);
}

/**
 * Converts anything thrown while reading. Any other error than StreamFailure is a bug of this
 * program, not the peer's fault.
 */
export function asStreamFailure(error: unknown): StreamFailure {
  if (error instanceof StreamFailure) return error;
  return new StreamFailure(
    'client-bug',
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  );
}
