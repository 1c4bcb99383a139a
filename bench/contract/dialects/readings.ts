// A grammar reads an event as signs, which it hands on, and faults, which count against
// the stream.

import type { Channel, Rung, Sign } from './dialect.ts';
import { member, objectOf, parseJson, renderJson } from './json-members.ts';

/** A reason why the stream is not whole, which no sign of the event says. */
export interface Fault {
  readonly kind: 'fault';
  readonly rung: Exclude<Rung, 0>;
  /** A short name, such as `sequence-gap`. */
  readonly cause: string;
  readonly message: string;
}

export type Reading = Sign | Fault;

/** Characters of a server's text in a message. */
export const MAX_QUOTED = 200;

export function clip(text: string): string {
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}…`;
}

export const fault = (rung: Fault['rung'], cause: string, message: string): Fault => ({
  kind: 'fault',
  rung,
  cause,
  message,
});

export const structure: readonly Reading[] = [{ kind: 'structure' }];
export const ping: readonly Reading[] = [{ kind: 'ping' }];
export const terminator: readonly Reading[] = [{ kind: 'terminator' }];

/** An event of another dialect, or of a later version of this one: no fault of the stream. */
export const foreign = (why: string): readonly Reading[] => [{ kind: 'foreign', why: clip(why) }];

/** An event that should be readable and is not: what it held is lost. */
export function unreadable(data: string): readonly Reading[] {
  const why = clip(`an event is no JSON object: ${data}`);
  return [fault(2, 'unreadable', why), { kind: 'foreign', why }];
}

/** An empty text is no sign. */
export function tokenOf(channel: Channel, text: string | undefined): readonly Reading[] {
  return text === undefined || text === '' ? [] : [{ kind: 'token', channel, text }];
}

/** There is no sign where the server does not say how many. */
export function usageOf(outputTokens: unknown): readonly Reading[] {
  return typeof outputTokens === 'number' ? [{ kind: 'usage', outputTokens }] : [];
}

/** The readings, or that the event has none. */
export function orStructure(readings: readonly Reading[]): readonly Reading[] {
  return readings.length === 0 ? structure : readings;
}

/** The first of these members that is a text or a number. */
function firstText(value: unknown, names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = member(value, name);
    if (typeof found === 'string' || typeof found === 'number') return clip(String(found));
  }
  return undefined;
}

/**
 * An error as a sign.
 * @param error What the server calls one: a text, or an object of any shape.
 */
export function errorSign(error: unknown): Sign {
  if (typeof error === 'string') return { kind: 'error', code: undefined, message: clip(error) };
  return {
    kind: 'error',
    code: firstText(error, ['code', 'type', 'error_type', 'status']),
    message: firstText(error, ['message', 'error', 'detail']) ?? clip(renderJson(error)),
  };
}

/** The member `error` of an object, if it says something: servers also send it empty. */
export function errorMember(json: unknown): unknown {
  const error = member(json, 'error');
  const isSaid =
    (typeof error === 'string' && error !== '') || Object.keys(objectOf(error) ?? {}).length > 0;
  return isSaid ? error : undefined;
}

/** An error from the data of an event that is one by its name: JSON, or plain text. */
export function errorFromData(data: string): Sign {
  const json = parseJson(data);
  return errorSign(json === undefined ? data : (member(json, 'error') ?? json));
}
