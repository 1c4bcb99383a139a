// A dialect that a user describes, by JSON pointers to where an event has its token, its finish and
// its error.

import { BenchError } from '../errors.ts';
import type { Dialect, Json, WireEvent } from './dialect.ts';
import { openReader, type Grammar } from './grammar.ts';
import { parsePointer, valueAt } from './json-pointer.ts';
import { parseJson, renderJson } from './json-members.ts';
import {
  clip,
  errorSign,
  foreign,
  ping,
  structure,
  terminator,
  tokenOf,
  unreadable,
  type Reading,
} from './readings.ts';

/** A pointer, and the value that it must lead to: any but null and false where none is given. */
interface PointedValue {
  readonly pointer: string;
  readonly equals?: Json;
}

/** Pointers are those of RFC 6901. */
export interface PointerDialectOptions {
  /** To the text of a token; an event without one has none. */
  readonly token: string;
  /** This ends the generation; absent where only the transport does. */
  readonly finish?: PointedValue;
  /** The data of the event after which nothing follows, such as `[DONE]`. */
  readonly terminator?: string;
  /** To an error: any value but null and false. */
  readonly error?: string;
  readonly ping?: PointedValue;
}

type Steps = readonly string[];

/** @throws BenchError USAGE when one of the pointers is none. */
export function pointerDialect(options: PointerDialectOptions): Dialect {
  const token = stepsOf('token', options.token);
  const finish = testOf('finish', options.finish);
  const pinged = testOf('ping', options.ping);
  const error = options.error === undefined ? undefined : stepsOf('error', options.error);

  const read = ({ data }: WireEvent): readonly Reading[] => {
    if (options.terminator !== undefined && data.trim() === options.terminator) return terminator;
    if (data.trim() === '') return ping;
    const json = parseJson(data);
    if (json === undefined) return unreadable(data);
    const failure = error === undefined ? undefined : valueAt(json, error);
    if (isSaid(failure)) return [errorSign(failure)];
    if (pinged?.holds(json) === true) return ping;
    const text = valueAt(json, token);
    const readings = [
      ...tokenOf('content', typeof text === 'string' ? text : undefined),
      ...(finish?.holds(json) === true
        ? [{ kind: 'finish' as const, reason: reasonOf(finish.valueIn(json)) }]
        : []),
    ];
    if (readings.length > 0) return readings;
    return text === undefined ? foreign('an event without what is described') : structure;
  };

  const grammar: Grammar = {
    ends: {
      ...(options.finish !== undefined && { finish: `a value at ${options.finish.pointer}` }),
      ...(options.terminator !== undefined && { terminator: `\`${clip(options.terminator)}\`` }),
    },
    read,
  };
  return {
    id: 'pointers',
    title: 'Described by JSON pointers',
    framing: ['event-stream', 'lines', 'messages'],
    // It is only read as this if the user says so.
    matches: () => 0,
    open: () => openReader(grammar),
  };
}

const isSaid = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false;

function reasonOf(value: unknown): string | undefined {
  return typeof value === 'string' ? clip(value) : undefined;
}

function stepsOf(name: string, pointer: string): Steps {
  const steps = parsePointer(pointer);
  if (steps === undefined)
    throw new BenchError(
      'USAGE',
      `\`${name}\` of the dialect: ${clip(pointer)} is no JSON pointer`,
      {
        hint: 'A JSON pointer is empty or starts with a slash: /choices/0/delta/content.',
      },
    );
  return steps;
}

interface PointerTest {
  readonly valueIn: (json: unknown) => unknown;
  readonly holds: (json: unknown) => boolean;
}

function testOf(name: string, pointed: PointedValue | undefined): PointerTest | undefined {
  if (pointed === undefined) return undefined;
  const steps = stepsOf(name, pointed.pointer);
  const { equals } = pointed;
  const valueIn = (json: unknown): unknown => valueAt(json, steps);
  const wanted = renderJson(equals);
  return {
    valueIn,
    holds: (json) =>
      equals === undefined ? isSaid(valueIn(json)) : renderJson(valueIn(json)) === wanted,
  };
}
