// The head of a request to any server (RFC 9112 §3, §5).

import { BenchError } from '../../bench/contract/errors.ts';
import { quotedText } from '../../bench/contract/visible-text.ts';
import type { ExchangeRequest } from './exchange.ts';

type Header = readonly [name: string, value: string];

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Printable, and tab: anything else could end the line, or the head. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The client sets these itself: another value would break its framing. */
const ownHeaders = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-version',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * @throws BenchError USAGE for a method or header that cannot be sent; the message has no value,
 * which may be a secret.
 */
export function checkRequest(method: string, headers: readonly Header[]): void {
  if (!TOKEN.test(method)) throw new BenchError('USAGE', `${quotedText(method)} is no HTTP method`);
  for (const [name, value] of headers) {
    if (!TOKEN.test(name))
      throw new BenchError('USAGE', `${quotedText(name, 80)} is no name of a header`);
    if (ownHeaders.has(name.toLowerCase()))
      throw new BenchError('USAGE', `header ${name} is set by the client itself`);
    if (!FIELD_VALUE.test(value))
      throw new BenchError(
        'USAGE',
        `the value of header ${name} has characters that a header cannot carry`,
      );
  }
}

/** Adds those that the user did not give. */
export function withDefaults(
  headers: readonly Header[],
  defaults: Readonly<Record<string, string>>,
): readonly Header[] {
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  return [...Object.entries(defaults).filter(([name]) => !given.has(name)), ...headers];
}

/** Latin1. */
export function renderHead(request: ExchangeRequest, headers: readonly Header[]): Buffer {
  const { url, method } = request;
  const lines = withDefaults(headers, { host: url.host }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(
    `${method} ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`,
    'latin1',
  );
}
