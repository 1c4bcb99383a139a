// The conditions of a conversation's turns in scenario `turns`: each is a factor of its design, and
// a load point has one level of each.

import { z } from 'zod';
import { NS_PER_MS } from './units.ts';

/** Ways in which turns get their connection: titles of the load point. */
const turnConnections = {
  new: 'a new connection for each turn',
  kept: 'one kept connection',
} as const;

/** What a client sends in a turn: titles of the load point. */
const turnContexts = {
  resent: 'the whole history resent',
  increment: 'only what is new',
} as const;

export type TurnConnection = keyof typeof turnConnections;
export type TurnContext = keyof typeof turnContexts;

export const turnConditionsSchema = z.object({
  connection: z.enum(Object.keys(turnConnections) as [TurnConnection, ...TurnConnection[]]),
  context: z.enum(Object.keys(turnContexts) as [TurnContext, ...TurnContext[]]),
  /** Added by the relay to each exchange, and to the opening of each connection. */
  roundTripNs: z.number().nonnegative(),
  /** Bandwidth from the client to the server, which all its connections share; absent for no limit. */
  uplinkBytesPerSecond: z.number().positive().optional(),
});

export type TurnConditions = z.infer<typeof turnConditionsSchema>;

const roundTripWords = (roundTripNs: number): string => `${roundTripNs / NS_PER_MS} ms`;

/** Equal for equal conditions, different for different ones. */
export function turnConditionsKey({
  connection,
  context,
  roundTripNs,
  uplinkBytesPerSecond,
}: TurnConditions): string {
  const uplink = uplinkBytesPerSecond === undefined ? '' : ` uplink=${uplinkBytesPerSecond}`;
  return `${connection} ${context} rtt=${roundTripNs / NS_PER_MS}ms${uplink}`;
}

/** `a round trip of 80 ms, 10 Mbit/s up` */
export function networkTitle({
  roundTripNs,
  uplinkBytesPerSecond,
}: Pick<TurnConditions, 'roundTripNs' | 'uplinkBytesPerSecond'>): string {
  const uplink =
    uplinkBytesPerSecond === undefined ? '' : `, ${(8 * uplinkBytesPerSecond) / 1e6} Mbit/s up`;
  return `a round trip of ${roundTripWords(roundTripNs)}${uplink}`;
}

/** `one kept connection, only what is new, a round trip of 80 ms, 10 Mbit/s up` */
export function turnConditionsTitle(conditions: TurnConditions): string {
  const { connection, context } = conditions;
  return [turnConnections[connection], turnContexts[context], networkTitle(conditions)].join(', ');
}
