// Distinguishes control events from tokens and from the messages of an API, and their types from
// each other.

import { CONTROL_PREFIX } from '../bench/contract/control-events.ts';
import { apiEventNames } from '../bench/contract/payload.ts';
import type { ControlType } from './stream-client.ts';
import { protocolFailure } from './stream-failure.ts';

/** The order has no meaning. */
export const controlTypes = [
  'open',
  'done',
  'stream-error',
  'bye',
  'gap',
] as const satisfies readonly ControlType[];

const prefix = Buffer.from(CONTROL_PREFIX);

/** These follow the prefix in a message of an API. */
const apiTypes = apiEventNames.map((name) => `${name}"`);
const apiTypeBytes = apiTypes.map((type) => Buffer.from(type));

/**
 * Whether the message in bytes [start, end) is a control event on a transport without event names.
 */
export function isControlMessage(buffer: Buffer, start: number, end: number): boolean {
  if (!beginsWith(buffer, start, end, prefix)) return false;
  const typeStart = start + prefix.length;
  for (const type of apiTypeBytes) if (beginsWith(buffer, typeStart, end, type)) return false;
  return true;
}

function beginsWith(buffer: Buffer, start: number, end: number, expected: Buffer): boolean {
  if (end - start < expected.length) return false;
  for (let i = 0; i < expected.length; i++) if (buffer[start + i] !== expected[i]) return false;
  return true;
}

/** The same for a message that is decoded. */
export function isControlText(text: string): boolean {
  return (
    text.startsWith(CONTROL_PREFIX) &&
    !apiTypes.some((type) => text.startsWith(type, CONTROL_PREFIX.length))
  );
}

const apiNames: ReadonlySet<string> = new Set(apiEventNames);

/**
 * Whether an event of an event stream carries a token or another message of an API; without a name
 * it is of the default type.
 */
export function carriesPayload(name: string | undefined): boolean {
  return name === undefined || name === '' || name === 'message' || apiNames.has(name);
}

/** @throws StreamFailure for an unknown name: such an event is not ignored silently. */
export function asControlType(name: unknown): ControlType {
  const type = controlTypes.find((known) => known === name);
  if (type === undefined) throw protocolFailure(`unknown control event ${JSON.stringify(name)}`);
  return type;
}

/** The `type` of a control message. @throws StreamFailure */
export function controlTypeOf(json: string): ControlType {
  let message: { type?: unknown };
  try {
    message = JSON.parse(json) as { type?: unknown };
  } catch {
    throw protocolFailure(`a control message is not JSON: ${json.slice(0, 80)}`);
  }
  return asControlType(message.type);
}
