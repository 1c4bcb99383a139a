// A payload profile defines the bytes of a token and, where they are those of a vendor's API,
// the messages that the API sends around the tokens.

/**
 * A payload is `before` + number + `between` + JSON text + `after`; without a number `between` is
 * empty.
 */
export interface PayloadTemplate {
  readonly before: string;
  /**
   * The number in the first token's payload, above 1 where messages before it are numbered, too;
   * undefined for payloads without numbers.
   */
  readonly firstNumber: number | undefined;
  readonly between: string;
  readonly after: string;
}

/**
 * A message of an API that carries no token. It is sent over every transport; over an event stream
 * it is an event of that name, without a name of the default type.
 */
export interface ApiMessage {
  readonly name?: string;
  readonly data: string;
}

/** The properties of a stream that an API's messages contain. */
export interface ApiStream {
  readonly id: string;
  readonly tokens: number;
  /** Joins the text of all tokens: only a message that repeats it should pay for that. */
  readonly text: () => string;
}

/**
 * How a vendor's API streams, beside the tokens themselves. Its SDKs must pass over what is not of
 * the API. In an event stream `open` is therefore a comment, and `done`, which EventSource must
 * see, an event without a name, with its type in its data: Anthropic's SDK skips such events, and
 * OpenAI's, which reads every event, stops at the end mark before it.
 */
export interface ApiStreaming {
  /** The messages before the first token. */
  readonly preamble: (stream: Pick<ApiStream, 'id'>) => readonly ApiMessage[];
  /** The messages after the last token. */
  readonly epilogue: (stream: ApiStream) => readonly ApiMessage[];
  /** Every name that an event of the API can have here, that of a token first. */
  readonly eventNames: readonly string[];
  /** Name of the events that carry tokens; absent for the default type. */
  readonly tokenEvent?: string;
  /** Data of the event at which the SDKs stop reading an event stream; `done` follows it. */
  readonly endMark?: string;
  /** Difference between an event stream and the other transports, for a report. */
  readonly asymmetry: string;
}

/**
 * Tokens that are so many bytes of audio, image or file in place of text. A binary message carries
 * them as they are, a text message in base64, which the writer makes when it writes.
 */
export interface ChunkTokens {
  readonly bytes: number;
  /** Differences from the default workload, unless flags or the scenario set them. */
  readonly workload: { readonly tokensPerSecond: number; readonly tokensPerStream: number };
  /**
   * Streams in the place of a load that a pilot finds, which begins with more tokens than a machine
   * carries of this size.
   */
  readonly connections?: number;
}

export interface PayloadProfile {
  readonly summary: string;
  /**
   * Whether a stream can be resumed by the number in its payloads. Then SSE also sends it as `id:`,
   * its own means of resuming; WebSocket resumes by the payload's `s`. That costs SSE bytes
   * (5 + digits + epoch).
   */
  readonly isNumbered: boolean;
  /** The same for all tokens of a stream. */
  readonly template: (streamId: string) => PayloadTemplate;
  /** undefined for a payload of this project's own. */
  readonly api: ApiStreaming | undefined;
  /** undefined where tokens are text. */
  readonly chunk: ChunkTokens | undefined;
}

/** Tokens of the prompt in an API's account of its usage: a fixed number, since there is none. */
export const PROMPT_TOKENS = 10;

/** When each stream was created, s since 1970. Fixed: no payload depends on when it was sent. */
export const CREATED_S = 1_750_000_000;
