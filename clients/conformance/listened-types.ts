// An EventSource fires only events whose types it listens for, and cannot listen for all.

import { dialectStreams } from './dialect-streams.ts';
import { vectors } from './vectors.ts';

/** The types of the events of every stream, and wrong ones that a receiver might make of them. */
export const listenedTypes: readonly string[] = [
  ...new Set([
    'message',
    'foo',
    'bar',
    'foo ',
    ...[...vectors, ...dialectStreams].flatMap(({ events }) => events.map(([type]) => type)),
  ]),
];
