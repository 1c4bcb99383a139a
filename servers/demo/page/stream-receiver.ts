// What the three ways to receive a stream have in common. Types only: the browser never asks for this file.

/** Origins of the twins. */
export interface Twins {
  readonly sse: string;
  readonly ws: string;
}

export interface StreamDescription {
  readonly twins: Twins;
  readonly id: string;
  /** Workload, seed, and where they are given `n` and `rate`. */
  readonly described: Readonly<Record<string, string | number>>;
}

export interface StreamRequest extends StreamDescription {
  /** Where the receiver stands; undefined before anything came. */
  readonly cursor: () => string | undefined;
}

export interface Listener {
  readonly connected: () => void;
  /** The connection; another one is on its way. */
  readonly lost: () => void;
  /** A token (`message`) or a control event, by its JSON. */
  readonly event: (type: string, data: string) => void;
  /** So many bytes came, framing included, as far as the receiver can know. */
  readonly counted: (bytes: number) => void;
  /** For good. */
  readonly failed: (reason: string) => void;
}

/** Begins to receive. Returns what closes the connection, after which the listener hears nothing. */
export type Receive = (request: StreamRequest, listener: Listener) => () => void;
