// The minimal servers carry this: generations that go on without a connection, and keep their last
// messages for those that ask again. It is the application's, the same for all, and not counted.

export interface StreamMessage {
  /** Number of the last token that the client has with it. */
  readonly s: number;
  /** JSON without line breaks. */
  readonly text: string;
  readonly isLast: boolean;
}

export interface Generation {
  /**
   * The message that follows this token: a heartbeat where none came within the time, and that all
   * is gone where the token is no longer kept.
   */
  readonly next: (after: number, patienceMs: number) => Promise<StreamMessage>;
  readonly cancel: () => void;
}

export interface Generations {
  /** Begins it where a client asks from its start; one that is not known is gone. */
  readonly of: (id: string, after: number, prompt?: string) => Generation;
}

export interface MinimalServerOptions {
  /** Nothing else was sent for this long: well below the idle limits of proxies. */
  readonly heartbeatMs: number;
  /** An EventSource waits this long before it comes back, and up to twice as long. */
  readonly retryMs: number;
}

export interface MinimalServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}
