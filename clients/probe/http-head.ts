// The head of an HTTP/1.1 response (RFC 9112 §4, §5), shared by SSE and the WebSocket upgrade. Once
// per stream, so it is written for clarity: the bytes become a string.

import { KIB } from '../../bench/contract/units.ts';
import { protocolFailure } from '../stream-failure.ts';

export interface HttpHead {
  readonly status: number;
  readonly reason: string;
  /** Values by lower-case name; repeated fields are joined by ", " (RFC 9110 §5.2). */
  readonly fields: ReadonlyMap<string, string>;
  /** Status line, fields and blank line, those of interim responses included. */
  readonly headBytes: number;
}

const MAX_HEAD_BYTES = 16 * KIB;

const VERSION = 'HTTP/1.1 ';
const HEAD_END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.1 (\d{3})(?: (.*))?$/;
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~\w]+):(.*)$/;

export class HttpHeadReader {
  head: HttpHead | undefined;
  #text = '';
  #interimBytes = 0;

  /**
   * Returns the index just past the head, or undefined while it is unfinished. Interim responses
   * are skipped (RFC 9110 §15.2).
   * @throws StreamFailure
   */
  push(buffer: Buffer, start: number, end: number): number | undefined {
    let before = this.#text.length;
    this.#text += buffer.toString(
      'latin1',
      start,
      Math.min(end, start + MAX_HEAD_BYTES - this.#interimBytes - before),
    );
    for (;;) {
      this.#checkVersion();
      const at = this.#text.indexOf(HEAD_END);
      if (at === -1) break;
      const headBytes = at + HEAD_END.length;
      const head = parseHead(this.#text.slice(0, at), this.#interimBytes + headBytes);
      if (head.status >= 200 || head.status === 101) {
        this.head = head;
        return start + headBytes - before;
      }
      this.#interimBytes += headBytes;
      this.#text = this.#text.slice(headBytes);
      before -= headBytes;
    }
    if (this.#interimBytes + this.#text.length >= MAX_HEAD_BYTES) {
      throw protocolFailure(`the response head did not end within ${MAX_HEAD_BYTES} bytes`);
    }
    return undefined;
  }

  #checkVersion(): void {
    const begin = this.#text.slice(0, VERSION.length);
    if (!VERSION.startsWith(begin)) {
      throw protocolFailure(
        `the response begins with ${JSON.stringify(this.#text.slice(0, 40))}, not with "${VERSION}"`,
      );
    }
  }
}

function parseHead(text: string, headBytes: number): HttpHead {
  const [statusLine = '', ...fieldLines] = text.split('\r\n');
  const status = STATUS_LINE.exec(statusLine);
  if (status === null) throw protocolFailure(`malformed status line ${JSON.stringify(statusLine)}`);
  const fields = new Map<string, string>();
  for (const line of fieldLines) {
    const field = FIELD_LINE.exec(line);
    if (field === null) throw protocolFailure(`malformed field line ${JSON.stringify(line)}`);
    const name = (field[1] as string).toLowerCase();
    const value = (field[2] as string).trim();
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { status: Number(status[1]), reason: status[2] ?? '', fields, headBytes };
}
