// Names what went wrong with an endpoint, and what to try: one sentence with what was seen, one
// hint a cause.

import type { EndpointCause, EndpointFailure } from '../../bench/contract/endpoint.ts';
import { messageOf } from '../../bench/contract/errors.ts';
import { quotedText, visibleText } from '../../bench/contract/visible-text.ts';
import { StreamFailure } from '../stream-failure.ts';

const hints: Readonly<Record<EndpointCause, string>> = {
  refused: 'check that the server runs, and listens on this address and port',
  unreachable: 'check the address, and the network and firewalls on the way',
  dns: 'check the spelling of the host, or give its address',
  'tls-name': 'use a name that the certificate is for; --insecure reads it without checks',
  'tls-chain': 'name its authority with --ca FILE; --insecure reads it without checks',
  'tls-other': 'check that this port speaks TLS: http: and ws: go without it',
  'connect-timeout': 'check the address and port; --timeout waits longer',
  unauthorised: "send a valid key, for example --header 'authorization: Bearer ${NAME}'",
  forbidden: 'check what the key is allowed to do, and whether the server wants an Origin',
  'not-found': 'check the path; many APIs want a method other than GET (--method, --data)',
  'too-many-requests': 'wait as long as the server asks, then try again',
  'server-error': 'look into the log of the server, or of the proxy before it',
  'redirect-refused': 'use the final URL, or allow the host with --allow-redirect HOST',
  status: 'check method, headers and body of the request',
  'not-a-stream': 'check the path, and whether the body must ask for a stream (stream: true)',
  'json-error': 'check whether the body must ask for a stream (stream: true)',
  'upgrade-refused': 'check the path and that it speaks WebSocket; some want a --subprotocol',
  'never-started': '--timeout waits longer; a proxy on the way may hold the answer back',
  silent: '--timeout waits longer; a server that is busy should send comments or pings',
  'too-long': '--max-time reads for longer',
  'line-too-long': 'no event or message can be that long: check what the server sends',
  'too-many-bytes': 'ask for a shorter stream',
  'bad-encoding': "try again without compression: --header 'accept-encoding: identity'",
  'bad-framing': 'the server, or a proxy before it, breaks the protocol',
  'closed-with-code': 'the code and the log of the server say why',
  cut: 'the server, or a proxy before it, ended the connection in the middle',
  reset: 'the server, or a proxy before it, broke the connection',
};

type FailureDetails = Partial<Omit<EndpointFailure, 'cause' | 'message'>>;

export function endpointFailure(
  cause: EndpointCause,
  message: string,
  details: FailureDetails = {},
): EndpointFailure {
  return { cause, message, hint: hints[cause], ...details };
}

/** Thrown by readers of bytes. */
export class EndpointError extends Error {
  readonly failure: EndpointFailure;
  /** WebSocket's close code that tells the server (RFC 6455 §7.4.1). */
  readonly replyCode: number | undefined;

  constructor(failure: EndpointFailure, replyCode?: number) {
    super(failure.message);
    this.name = 'EndpointError';
    this.failure = failure;
    this.replyCode = replyCode;
  }
}

/**
 * The failure of bytes that could not be read. Anything else that was thrown is a bug, and thrown
 * on.
 */
export function failureOf(error: unknown): EndpointFailure {
  if (error instanceof EndpointError) return error.failure;
  // Thrown by the readers of the probe, which this client shares.
  if (error instanceof StreamFailure) return endpointFailure('bad-framing', error.message);
  throw error;
}

/** The connection had come this far when its socket broke. */
export type SocketPhase = 'connecting' | 'securing' | 'waiting' | 'reading';

const socketCauses: Readonly<Record<string, EndpointCause>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EAI_NONAME: 'dns',
  ETIMEDOUT: 'connect-timeout',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls-name',
};

/** Codes with which OpenSSL says that it does not trust a certificate. */
const CHAIN = /CERT|SELF_SIGNED|UNABLE_TO|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/;

/** The socket broke with an error, or ended too early without one. */
export function socketFailure(
  error: NodeJS.ErrnoException | undefined,
  { phase, authority }: { readonly phase: SocketPhase; readonly authority: string },
): EndpointFailure {
  if (error === undefined) return endedFailure(phase, authority);
  const code = error.code ?? '';
  const why = visibleText(code === '' ? messageOf(error) : `${code}: ${messageOf(error)}`);
  const cause = socketCauses[code];
  if (phase === 'connecting') {
    return endpointFailure(cause ?? 'unreachable', `no connection to ${authority} (${why})`);
  }
  if (phase === 'securing') {
    const tlsCause = cause ?? (CHAIN.test(code) ? 'tls-chain' : 'tls-other');
    return endpointFailure(tlsCause, `no TLS with ${authority} (${why})`);
  }
  const when = phase === 'waiting' ? 'before the server answered' : 'in the middle of the stream';
  return endpointFailure('reset', `the connection broke ${when} (${why})`);
}

function endedFailure(phase: SocketPhase, authority: string): EndpointFailure {
  if (phase === 'connecting' || phase === 'securing')
    return endpointFailure('tls-other', `${authority} ended the connection during the handshake`);
  return endpointFailure(
    'cut',
    phase === 'waiting'
      ? 'the server ended the connection before it answered'
      : 'the connection ended in the middle of the stream',
  );
}

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly excerpt: string;
  /** The request was to become a WebSocket. */
  readonly isUpgrade: boolean;
}

const statusCauses: Readonly<Record<number, EndpointCause>> = {
  401: 'unauthorised',
  403: 'forbidden',
  404: 'not-found',
  429: 'too-many-requests',
};

/** Refusals that mean the same over every protocol; of others it matters that it was an upgrade. */
const sameForUpgrades = new Set([401, 403, 429]);

export function statusFailure(refusal: Refusal): EndpointFailure {
  const { status, headers, excerpt, isUpgrade } = refusal;
  const retryAfterMs = readRetryAfter(headers['retry-after']);
  const wait = retryAfterMs === undefined ? '' : `, to be asked again in ${retryAfterMs / 1000} s`;
  const what = isUpgrade ? 'the upgrade to WebSocket was answered' : 'the server answered';
  const said = excerpt === '' ? '' : `: ${quotedText(excerpt)}`;
  return endpointFailure(statusCause(refusal), `${what} ${status}${wait}${said}`, {
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(excerpt !== '' && { excerpt }),
  });
}

function statusCause({ status, isUpgrade }: Refusal): EndpointCause {
  if (isUpgrade && !sameForUpgrades.has(status)) return 'upgrade-refused';
  return statusCauses[status] ?? (status >= 500 ? 'server-error' : 'status');
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function readRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

interface NotStream {
  readonly contentType: string;
  readonly excerpt: string;
}

/** The status is that of success, and the content is no stream. */
export function contentFailure({ contentType, excerpt }: NotStream): EndpointFailure {
  const named = contentType === '' ? 'no content type' : quotedText(contentType, 80);
  const said = excerpt === '' ? 'and nothing' : quotedText(excerpt);
  const details = excerpt === '' ? {} : { excerpt };
  if (/^application\/(?:[\w.-]+\+)?json$/.test(contentType))
    return endpointFailure('json-error', `one JSON answer instead of a stream: ${said}`, details);
  return endpointFailure('not-a-stream', `${named} instead of a stream: ${said}`, {
    ...details,
    ...(looksLikeEvents(excerpt) && {
      hint: 'it looks like an event stream: the server must send content-type: text/event-stream',
    }),
  });
}

function looksLikeEvents(excerpt: string): boolean {
  return /^\uFEFF?(?:data|event|id|retry)?:/.test(excerpt);
}

/** RFC 6455 §7.4.1 and the IANA registry. */
const codeMeanings: Readonly<Record<number, string>> = {
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1007: 'invalid data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'extension missing',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
};

export function closeCodeFailure(code: number, reason: string): EndpointFailure {
  const meaning = codeMeanings[code] ?? (code >= 4000 ? 'of the application' : 'registered');
  const said = reason === '' ? '' : `: ${quotedText(reason)}`;
  return endpointFailure('closed-with-code', `the server closed with ${code} (${meaning})${said}`);
}
