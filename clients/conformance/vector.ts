// An event stream of known meaning.

/** An event as an EventSource fires it. */
export type SeenEvent = readonly [type: string, data: string, lastEventId: string];

export interface Vector {
  readonly name: string;
  /** Rule of the standard, and its section. */
  readonly rule: string;
  /** The body of the response; text is encoded as UTF-8. */
  readonly stream: string | Uint8Array;
  readonly events: readonly SeenEvent[];
  /**
   * `Last-Event-ID` of the request that follows, as it arrives (decoded as UTF-8); absent when
   * there is no such field.
   */
  readonly lastEventId?: string;
  /**
   * The reconnection time afterwards, ms; absent when it is unchanged: the receiver's own choice.
   */
  readonly retryMs?: number;
}
