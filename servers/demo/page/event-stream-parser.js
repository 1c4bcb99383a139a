// Parses an event stream (WHATWG HTML §9.2.6) piece by piece, for pages that read one with `fetch`:
// the browser's own parser serves EventSource only. Pieces are text, so that a TextDecoder has put
// split characters together and dropped the BOM.

/**
 * @typedef {object} StreamEvent
 * @property {string} type `message` when the stream names none.
 * @property {string} data
 * @property {string} lastEventId Id of this event or, when it has none, of the last event that had
 * one.
 */

const ANY_LINE_END = /[\r\n]/g;

export class EventStreamParser {
  /** @type {(event: StreamEvent) => void} */
  #onEvent;
  /** The beginning of a line whose end has not come yet. */
  #unfinished = '';
  /** The last piece ended with CR: an LF at the beginning of the next one belongs to it. */
  #isAfterReturn = false;
  #type = '';
  /** @type {string[]} */
  #data = [];
  #id = '';

  /**
   * @param {(event: StreamEvent) => void} onEvent Called for each event as soon as the blank line
   * after it is complete.
   */
  constructor(onEvent) {
    this.#onEvent = onEvent;
  }

  /** @param {string} text */
  feed(text) {
    if (text === '') return;
    let from = this.#isAfterReturn && text.startsWith('\n') ? 1 : 0;
    this.#isAfterReturn = false;
    for (let end = findLineEnd(text, from); end !== -1; end = findLineEnd(text, from)) {
      const line = this.#unfinished + text.slice(from, end);
      this.#unfinished = '';
      from = end + 1;
      if (text[end] === '\r') {
        if (from === text.length) this.#isAfterReturn = true;
        else if (text[from] === '\n') from++;
      }
      this.#take(line);
    }
    this.#unfinished += text.slice(from);
  }

  /** @param {string} line */
  #take(line) {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#type = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
  }

  #dispatch() {
    const type = this.#type === '' ? 'message' : this.#type;
    const data = this.#data;
    this.#type = '';
    this.#data = [];
    if (data.length > 0) this.#onEvent({ type, data: data.join('\n'), lastEventId: this.#id });
  }
}

/**
 * @param {string} text
 * @param {number} from
 */
function findLineEnd(text, from) {
  ANY_LINE_END.lastIndex = from;
  return ANY_LINE_END.exec(text)?.index ?? -1;
}
