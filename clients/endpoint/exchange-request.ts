// From what is asked of an endpoint to the first request that is made.

import { BenchError } from '../../bench/contract/errors.ts';
import { quotedText } from '../../bench/contract/visible-text.ts';
import type { EndpointRequest } from './endpoint-request.ts';
import type { ExchangeRequest } from './exchange.ts';
import { checkRequest, withDefaults } from './request-head.ts';
import { isWebSocket, socketTargetOf } from './socket-target.ts';

const PROTOCOLS = /^(?:https?|wss?):$/;

const ACCEPTED = 'text/event-stream, application/x-ndjson, application/json;q=0.9, */*;q=0.1';

/** @throws BenchError USAGE when the request is none that can be sent. */
export function exchangeRequestOf(request: EndpointRequest): ExchangeRequest {
  const url = URL.parse(request.url);
  if (url === null || !PROTOCOLS.test(url.protocol) || url.hostname === '')
    throw new BenchError(
      'USAGE',
      `${quotedText(request.url)} is no http:, https:, ws: or wss: URL`,
    );
  const { body } = request;
  const method = isWebSocket(url) ? 'GET' : request.method;
  const headers = withDefaults(request.headers, {
    'user-agent': 'streamduel',
    ...(!isWebSocket(url) && { accept: ACCEPTED }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...basicCredentials(url),
  });
  checkRequest(method, headers);
  url.username = '';
  url.password = '';
  return {
    url,
    socket: socketTargetOf(url, request),
    method,
    headers,
    body,
    messages: request.messages ?? [],
    subprotocols: request.subprotocols ?? [],
  };
}

/** RFC 7617: `http://name:password@host`. */
function basicCredentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
