// Follows a redirect, or refuses it: to another host only where that was allowed, and there without
// credentials.

import { isCredentialHeader } from '../../bench/contract/credentials.ts';
import { quotedText } from '../../bench/contract/visible-text.ts';
import type { AnswerHead } from './answer-head.ts';
import { endpointFailure, EndpointError } from './endpoint-failure.ts';
import type { ExchangeRequest } from './exchange.ts';
import { socketTargetOf } from './socket-target.ts';
import type { EndpointRequest } from './endpoint-request.ts';

const MAX_REDIRECTS = 5;

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** Headers that describe a body. */
const contentHeaders = new Set(['content-type', 'content-encoding', 'content-language']);

export function isRedirect({ status, headers }: AnswerHead): boolean {
  return redirectStatuses.has(status) && headers['location'] !== undefined;
}

interface Asked {
  readonly head: AnswerHead;
  /** Redirects followed before. */
  readonly count: number;
  readonly request: EndpointRequest;
}

/** The request to make instead. @throws EndpointError redirect-refused */
export function redirected(
  exchange: ExchangeRequest,
  { head, count, request }: Asked,
): ExchangeRequest {
  const location = head.headers['location'] ?? '';
  const refuse = (why: string): EndpointError =>
    new EndpointError(
      endpointFailure(
        'redirect-refused',
        `${head.status} redirects to ${quotedText(location)}: ${why}`,
        { status: head.status },
      ),
    );
  if (count >= MAX_REDIRECTS) throw refuse(`more than ${MAX_REDIRECTS} redirects`);
  const url = URL.parse(location, exchange.url.href);
  if (url === null || !/^https?:$/.test(url.protocol)) throw refuse('that is no http: or https:');
  if (url.hostname !== exchange.url.hostname && !isAllowed(url, request.allowedRedirects ?? []))
    throw refuse('that is another host');
  url.username = '';
  url.password = '';
  const { method, body } = methodAfter(head.status, exchange);
  const secret = new Set(request.credentialHeaders);
  const isSameOrigin = url.origin === exchange.url.origin;
  if (!isSameOrigin && body !== undefined && request.hasSecretBody === true)
    throw refuse('the body has a secret, which goes to no other origin');
  return {
    ...exchange,
    url,
    socket: socketTargetOf(url, request),
    method,
    body,
    headers: exchange.headers.filter(([name]) => {
      const lower = name.toLowerCase();
      if (body === undefined && contentHeaders.has(lower)) return false;
      return isSameOrigin || !(lower === 'host' || isCredentialHeader(lower) || secret.has(lower));
    }),
  };
}

function isAllowed(url: URL, hosts: readonly string[]): boolean {
  return hosts.includes(url.hostname) || hosts.includes(url.host);
}

/** RFC 9110 §15.4: 303 asks for a GET; after 301 and 302 clients make one of a POST. */
function methodAfter(
  status: number,
  { method, body }: ExchangeRequest,
): Pick<ExchangeRequest, 'method' | 'body'> {
  const becomesGet = (status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST');
  return becomesGet ? { method: 'GET', body: undefined } : { method, body };
}
