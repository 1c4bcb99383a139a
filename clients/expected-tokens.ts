// A receiver knows this of the messages of a stream's tokens before they come. `sourceStart` is the
// place in the source at which the stream begins, and `index` the place of a token in its stream,
// from 0.

export interface ExpectedTokens {
  /** Whether a token is bytes: a decoding consumer then hashes what its base64 stands for. */
  readonly areBytes: boolean;
  /** The message as decoded text; only where messages are text. */
  payload: (sourceStart: number, index: number) => string;
  payloadBytes: (sourceStart: number, index: number) => number;
  /** Whether bytes [start, end) are the message of that token. */
  matches: (
    buffer: Buffer,
    start: number,
    end: number,
    sourceStart: number,
    index: number,
  ) => boolean;
  /** The place that the number in a message names; undefined where there is none. */
  placeOf: (buffer: Buffer, start: number, end: number) => number | undefined;
}
