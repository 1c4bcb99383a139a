// The ways in which a client stops a stream that runs, and what each of them needs.

/**
 * - `leave`: the client closes what carries the stream, as the interface of its transport does it.
 * - `say`: the client tells the server, and what carries the stream ends in good order.
 */
export type StopKind = 'leave' | 'say';

interface StopWayDescription {
  /** `by a close` */
  readonly title: string;
  /** What the client does, as a predicate. */
  readonly act: string;
  /** What it needs besides the connection of the stream. */
  readonly needs: string;
  /** What there is for the client’s next stream afterwards. */
  readonly leaves: string;
  /** Round trips until the server knows, on a path that adds nothing; the handshake of TCP included. */
  readonly roundTrips: number;
}

const descriptions = {
  disconnect: {
    title: 'by disconnect',
    act: 'closes the TCP connection of the stream without a word',
    needs: 'nothing: no byte is sent',
    leaves: 'no connection: the next stream needs another',
    roundTrips: 0.5,
  },
  reset: {
    title: 'by RST_STREAM',
    act: 'resets the stream of HTTP/2',
    needs: 'one frame on the connection of the stream',
    leaves: 'the connection, with the other streams on it',
    roundTrips: 0.5,
  },
  close: {
    title: 'by a close',
    act: 'sends a close frame and waits for the answer (RFC 6455 §7.1.1)',
    needs: 'one frame on the connection of the stream, its answer, and the end of the connection',
    leaves: 'no connection: the next stream needs another',
    roundTrips: 1.5,
  },
  message: {
    title: 'by a message',
    act: 'sends a message on the connection of the stream',
    needs: 'one message on the connection of the stream',
    leaves: 'the connection, where it carries stream after stream',
    roundTrips: 0.5,
  },
  'kept-request': {
    title: 'by a request, warm',
    act: 'sends POST …/cancel on a second connection, which is open already',
    needs:
      'a second request, and a second connection that is open: of the six that a browser has for a server over HTTP/1.1, the stream holds one and this takes another',
    leaves: 'both connections',
    roundTrips: 0.5,
  },
  'new-request': {
    title: 'by a request, new connection',
    act: 'opens a second connection and sends POST …/cancel on it',
    needs:
      'a second request and a second connection, which is opened for it: with six streams running, a browser over HTTP/1.1 has none left and the request waits',
    leaves: 'both connections',
    roundTrips: 1.5,
  },
} as const satisfies Record<string, StopWayDescription>;

export type StopWay = keyof typeof descriptions;

export const stopWays: Readonly<Record<StopWay, StopWayDescription>> = descriptions;

export const stopWayNames = Object.keys(descriptions) as StopWay[];

/** The ways of a transport: at most one of each kind, which are compared, and others beside. */
export interface TransportStops {
  readonly leave?: StopWay;
  readonly say?: StopWay;
  readonly others: readonly StopWay[];
}

/** Those of a stream over HTTP/1.1, whose connection carries nothing else meanwhile. */
export const httpStops = {
  leave: 'disconnect',
  say: 'kept-request',
  others: ['new-request'],
} as const satisfies TransportStops;

/** The ways in which a client can also say something else: the stream goes on. */
export const tellWayNames = ['message', 'kept-request', 'new-request'] as const satisfies StopWay[];

export type TellWay = (typeof tellWayNames)[number];

/** Those of a transport: the one that is compared first; none where its client can only leave. */
export function tellWaysOf(stops: TransportStops): readonly TellWay[] {
  const ways = waysOf(stops);
  return tellWayNames.filter((way) => ways.includes(way));
}

/** All ways of a transport: by leaving, by saying, and the others. */
export function waysOf({ leave, say, others }: TransportStops): readonly StopWay[] {
  return [leave, say, ...others].filter((way) => way !== undefined);
}
