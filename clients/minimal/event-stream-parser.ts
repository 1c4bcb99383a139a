// Reads an event stream without a library (WHATWG HTML §9.2.6).

export interface StreamEvent {
  readonly type: string;
  readonly data: string;
  readonly lastEventId: string;
}

export class EventStreamParser {
  lastEventId = '';
  /** Reconnection time that the stream asked for; undefined where it did not. */
  retryMs: number | undefined;
  #id = '';
  #type = '';
  #data: string | undefined;
  /** Parts of a line of which the end has not come. */
  #rest: string[] = [];
  #endsWithCr = false;

  /** Takes decoded text, cut anywhere. */
  *push(text: string): Generator<StreamEvent> {
    let start = 0;
    // LF after CR ends no second line, though it may come later.
    if (this.#endsWithCr && text[0] === '\n') start = 1;
    if (text !== '') this.#endsWithCr = text.endsWith('\r');
    const ends = /\r\n|\r|\n/g;
    ends.lastIndex = start;
    for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
      const line = this.#rest.join('') + text.slice(start, end.index);
      this.#rest = [];
      start = ends.lastIndex;
      if (line !== '') this.#readField(line);
      else yield* this.#endEvent();
    }
    if (start < text.length) this.#rest.push(text.slice(start));
  }

  #readField(line: string): void {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'data') this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    else if (name === 'event') this.#type = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^[0-9]+$/.test(value)) this.retryMs = Number(value);
  }

  *#endEvent(): Generator<StreamEvent> {
    this.lastEventId = this.#id;
    const [type, data] = [this.#type || 'message', this.#data];
    this.#type = '';
    this.#data = undefined;
    if (data !== undefined) yield { type, data, lastEventId: this.lastEventId };
  }
}

export async function* parseEventStream(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<StreamEvent> {
  const parser = new EventStreamParser();
  for await (const text of body.pipeThrough(new TextDecoderStream())) yield* parser.push(text);
}
