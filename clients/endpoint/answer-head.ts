// The head of any server's HTTP/1 answer (RFC 9112 §4, §5). Lenient where the specification lets a
// recipient be: lines may end with LF alone, fields may be folded, HTTP/1.0 is spoken, too.

import { KIB } from '../../bench/contract/units.ts';
import { quotedText } from '../../bench/contract/visible-text.ts';
import { endpointFailure, EndpointError } from './endpoint-failure.ts';

export interface AnswerHead {
  readonly status: number;
  /** `1.0`, `1.1` or `2`. */
  readonly httpVersion: string;
  /** By lower-case name; repeated ones are joined by ", " (RFC 9110 §5.3). */
  readonly headers: Readonly<Record<string, string>>;
}

const MAX_HEAD_BYTES = 64 * KIB;
const BEGINNING = 'HTTP/1.';
const HEAD_END = /\r?\n\r?\n/;
const STATUS_LINE = /^HTTP\/(1\.[01]) (\d{3})(?: .*)?$/;
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~\w]+):[ \t]*(.*?)[ \t]*$/;
/** A record of type alert: what a server of TLS answers to a request in clear text. */
const TLS_ALERT = '\x15\x03';

export class AnswerHeadReader {
  head: AnswerHead | undefined;
  #text = '';
  #interimBytes = 0;

  /**
   * Returns the index just past the head, or undefined while it is unfinished. Interim answers are
   * skipped (RFC 9110 §15.2).
   * @throws EndpointError bad-framing
   */
  push(buffer: Buffer, start: number, end: number): number | undefined {
    let before = this.#text.length;
    this.#text += buffer.toString('latin1', start, end);
    for (;;) {
      checkBeginning(this.#text);
      const found = HEAD_END.exec(this.#text);
      if (found === null) break;
      const headBytes = found.index + found[0].length;
      const head = parseHead(this.#text.slice(0, found.index));
      if (head.status >= 200 || head.status === 101) {
        this.head = head;
        this.#text = '';
        return start + headBytes - before;
      }
      this.#interimBytes += headBytes;
      this.#text = this.#text.slice(headBytes);
      before -= headBytes;
    }
    if (this.#interimBytes + this.#text.length > MAX_HEAD_BYTES)
      throw malformed(`the head of the answer did not end within ${MAX_HEAD_BYTES} bytes`);
    return undefined;
  }
}

function checkBeginning(text: string): void {
  if (BEGINNING.startsWith(text.slice(0, BEGINNING.length))) return;
  if (text.startsWith(TLS_ALERT)) {
    throw new EndpointError(
      endpointFailure('bad-framing', 'the server answered with a TLS alert', {
        hint: 'this port speaks TLS: use https: or wss:',
      }),
    );
  }
  throw malformed(`the answer begins with ${quotedText(text, 40)}, which is no HTTP/1`);
}

function parseHead(text: string): AnswerHead {
  const [statusLine = '', ...fieldLines] = text.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const status = STATUS_LINE.exec(statusLine);
  if (status?.[1] === undefined)
    throw malformed(`the status line is ${quotedText(statusLine, 80)}, which is none of HTTP/1`);
  const headers = new Map<string, string>();
  for (const line of fieldLines) {
    const field = FIELD_LINE.exec(line);
    if (field?.[1] === undefined) throw malformed(`malformed header ${quotedText(line, 80)}`);
    const name = field[1].toLowerCase();
    const value = field[2] ?? '';
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return {
    status: Number(status[2]),
    httpVersion: status[1],
    headers: Object.fromEntries(headers),
  };
}

function malformed(message: string): EndpointError {
  return new EndpointError(endpointFailure('bad-framing', message));
}

/** The content type without its parameters, in lower case; empty when there is none. */
export function contentTypeOf(headers: Readonly<Record<string, string>>): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
