// Checks the event stream of our twin byte for byte: far stricter than WHATWG HTML §9.2, so that
// anything a server or a middlebox inserts, removes or changes is a fault.

import { parseCursor } from '../../bench/contract/control-events.ts';

export interface TwinFormat {
  /** Whether tokens, `open` and `done` carry an id: `<epoch>.<sequence>`. */
  readonly hasIds: boolean;
  /** The reconnection time that `open` and `bye` request. */
  readonly retryMs: number;
}

/** A comment and a blank line. */
const HEARTBEAT = ':';

/**
 * Matches every event the twin sends, and no other form of it: one space after each colon, this
 * order, one line of data.
 */
const BLOCK =
  /^(?:event: (?<type>[a-z]+)\n)?(?:id: (?<id>[^\n]*)\n)?(?:retry: (?<retry>[^\n]*)\n)?data: (?<json>[^\n]*)$/;

/** Fields of an event besides its data; the id only when the format has ids. */
const fieldsOf = {
  open: { hasId: true, hasRetry: true },
  token: { hasId: true, hasRetry: false },
  gap: { hasId: false, hasRetry: false },
  done: { hasId: true, hasRetry: false },
  bye: { hasId: false, hasRetry: true },
} as const;

type EventType = keyof typeof fieldsOf;

interface StrictEvent {
  readonly type: EventType;
  readonly id: string | undefined;
  readonly retry: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * Finds why these bytes are not one whole response of the twin, from `open` to `done` or `bye`;
 * undefined when they are.
 */
export function findFault(bytes: Uint8Array, format: TwinFormat): string | undefined {
  const text = decode(bytes);
  if (text === undefined) return 'not valid UTF-8';
  if (text.includes('\r')) return 'a CR';
  if (!text.endsWith('\n\n')) return 'no blank line at the end';
  const course = new Course(format);
  const blocks = text.slice(0, -2).split('\n\n');
  for (const [index, block] of blocks.entries()) {
    const fault = block === HEARTBEAT ? course.faultOfHeartbeat() : faultOfEvent(block, course);
    if (fault !== undefined)
      return `block ${index + 1}, ${JSON.stringify(block.slice(0, 60))}: ${fault}`;
  }
  return course.isOver ? undefined : 'neither `done` nor `bye` at the end';
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function faultOfEvent(block: string, course: Course): string | undefined {
  const { type = 'token', id, retry, json } = BLOCK.exec(block)?.groups ?? {};
  if (json === undefined) return 'not the form of an event';
  if (!isEventType(type) || block.startsWith('event: token')) return `no event ${type}`;
  const fields = parseObject(json);
  return fields === undefined
    ? 'its data is no JSON object'
    : course.faultOf({ type, id, retry, fields });
}

function isEventType(type: string): type is EventType {
  return Object.hasOwn(fieldsOf, type);
}

function parseObject(json: string): Record<string, unknown> | undefined {
  // Excludes JSON of another kind, and a space before the object.
  if (!json.startsWith('{')) return undefined;
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Progress of the stream, against which each event is checked. */
class Course {
  isOver = false;
  readonly #format: TwinFormat;
  #epoch: unknown;
  /** Sequence number of the next token; undefined before `open`. */
  #next: number | undefined;

  constructor(format: TwinFormat) {
    this.#format = format;
  }

  faultOfHeartbeat(): string | undefined {
    if (this.#next === undefined) return 'before `open`';
    return this.isOver ? 'after the end' : undefined;
  }

  faultOf(event: StrictEvent): string | undefined {
    const { type, id, retry } = event;
    const { hasId, hasRetry } = fieldsOf[type];
    if (this.isOver) return 'after the end';
    if ((type === 'open') !== (this.#next === undefined))
      return type === 'open' ? 'a second `open`' : 'before `open`';
    if ((retry !== undefined) !== hasRetry)
      return hasRetry ? 'without a reconnection time' : 'with a reconnection time';
    if (retry !== undefined && retry !== String(this.#format.retryMs))
      return `asks for a reconnection time of ${retry}`;
    if ((id !== undefined) !== (hasId && this.#format.hasIds))
      return id === undefined ? 'without an id' : 'with an id';
    return this.#advance(event) ?? (id === undefined ? undefined : this.#faultOfId(id));
  }

  #advance({ type, fields }: StrictEvent): string | undefined {
    const next = this.#next ?? 1;
    switch (type) {
      case 'open':
        if (!isSequence(fields['from'])) return 'does not say where it begins';
        this.#epoch = fields['epoch'];
        this.#next = fields['from'];
        return undefined;
      case 'token':
        if (this.#format.hasIds && fields['s'] !== next) return `token ${next} was expected`;
        this.#next = next + 1;
        return undefined;
      case 'gap': {
        const { missing, from } = fields;
        if (
          !isSequence(missing) ||
          !isSequence(from) ||
          missing >= from ||
          missing > next ||
          from < next
        )
          return 'no gap that could be here';
        this.#next = from;
        return undefined;
      }
      case 'done':
        this.isOver = true;
        this.#next = next + 1;
        return fields['s'] === next && fields['n'] === next - 1
          ? undefined
          : `\`done\` ${next} was expected`;
      case 'bye':
        break;
    }
    this.isOver = true;
    return Object.keys(fields).length === 0 ? undefined : 'says more than bye';
  }

  /** Checks the id of the last event: it is the place before the next token. */
  #faultOfId(id: string): string | undefined {
    const cursor = parseCursor(id);
    if (cursor === undefined) return `${id} is no id`;
    return cursor.epoch === this.#epoch && cursor.sequence === (this.#next ?? 1) - 1
      ? undefined
      : `its id is ${id}`;
  }
}

function isSequence(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}
