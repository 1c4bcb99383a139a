// Distinguishes control events from tokens, and their types from each other.

import { CONTROL_PREFIX } from '../bench/contract/control-events.ts';
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

/**
 * Whether the message in bytes [start, end) is a control event on a transport without event names.
 */
export function isControlMessage(buffer: Buffer, start: number, end: number): boolean {
  if (end - start < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (buffer[start + i] !== prefix[i]) return false;
  return true;
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
