// Common types of the three ways to receive a stream. Types only: the browser never requests this
// file.

/** Origins of the twins. */
export interface Twins {
  readonly sse: string;
  readonly ws: string;
}

export interface StreamDescription {
  readonly twins: Twins;
  readonly id: string;
  /** Workload and seed, and `n` and `rate` if they are given. */
  readonly described: Readonly<Record<string, string | number>>;
}

export interface StreamRequest extends StreamDescription {
  /** The receiver's position in the stream; undefined before anything was received. */
  readonly cursor: () => string | undefined;
}

export interface Listener {
  readonly connected: () => void;
  /** Called when the connection is lost; another one is on its way. */
  readonly lost: () => void;
  /** Called for a token (`message`) or a control event, with its JSON. */
  readonly event: (type: string, data: string) => void;
  /**
   * Called with the number of bytes received, framing included, as far as the receiver can know.
   */
  readonly counted: (bytes: number) => void;
  /** Called when the stream has failed for good. */
  readonly failed: (reason: string) => void;
}

/**
 * Begins to receive. Returns a function that closes the connection, after which the listener is not
 * called.
 */
export type Receive = (request: StreamRequest, listener: Listener) => () => void;
