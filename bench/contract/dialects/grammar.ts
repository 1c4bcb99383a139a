// Makes a reader of a grammar, which is all that dialects differ in: what the events mean, what
// ends a stream, and what it says of itself. The ladder of completeness is the same for all.

import type {
  Completeness,
  Cursor,
  DialectReader,
  Rung,
  Sign,
  TransportEnd,
  WireEvent,
} from './dialect.ts';
import { clip, type Fault, type Reading } from './readings.ts';
import { StreamLedger, type Failure } from './stream-ledger.ts';

export interface Grammar {
  /**
   * A whole stream must have these, in words for a message; empty for a dialect without an end of
   * its own.
   */
  readonly ends: { readonly finish?: string; readonly terminator?: string };
  readonly read: (event: WireEvent) => readonly Reading[];
  /**
   * Whether nothing follows. Absent where it is the terminator, or without one the finish, that
   * says so.
   */
  readonly hasEnded?: () => boolean;
  /** Whether `read` itself says which events came after the end; otherwise any that counts did. */
  readonly readsOnAfterEnd?: true;
  /** Only the whole stream shows these faults. */
  readonly atEnd?: () => EndCheck;
  readonly startingAfter?: () => Cursor['startingAfter'];
}

export interface EndCheck {
  readonly faults: readonly Fault[];
  /** Whether the stream said enough of itself to be checked against (rung 3). */
  readonly isChecked: boolean;
  /** Each says what could not be checked on rung 3, and why. */
  readonly notCheckable: readonly string[];
}

const unchecked: EndCheck = {
  faults: [],
  isChecked: false,
  notCheckable: ['the stream says nothing of itself that could be checked'],
};

export function openReader(grammar: Grammar): DialectReader {
  const ledger = new StreamLedger();
  let lastEventId: string | undefined;
  const { ends } = grammar;
  const hasEnded = (): boolean =>
    ledger.hasTerminator ||
    (grammar.hasEnded?.() ??
      (ends.terminator === undefined && ends.finish !== undefined && ledger.hasFinish));
  const isOver = (): boolean => hasEnded() || ledger.hasError;

  return {
    read: (event) => {
      ledger.events++;
      if (event.id !== undefined) lastEventId = event.id;
      const isAfterEnd = hasEnded() && grammar.readsOnAfterEnd !== true;
      const signs: Sign[] = [];
      for (const reading of grammar.read(event)) {
        if (reading.kind === 'fault') ledger.add(reading);
        else {
          ledger.record(reading, isAfterEnd);
          signs.push(reading);
        }
      }
      return signs;
    },
    isOver,
    judge: (end, { hasHalfEvent, hasInvalidUtf8 = false }) => {
      const wasStopped = end.kind === 'by-client' && isOver();
      const check = grammar.atEnd?.() ?? unchecked;
      const failures = [
        ...transportFailures(end, wasStopped),
        // Bytes that a reader holds when it stops at the end do not belong to this generation.
        ...(hasHalfEvent && !wasStopped ? [halfEvent] : []),
        ...(hasInvalidUtf8 ? [invalidUtf8] : []),
        ...(ledger.events === 0 ? [empty] : []),
        ...missingEnds(grammar, ledger),
        ...ledger.failures(),
        ...check.faults.map(({ rung, cause, message }) => ({ rung, cause, message })),
      ].toSorted((a, b) => a.rung - b.rung);
      return completeness({ grammar, check, failures, doubts: transportDoubts(end, wasStopped) });
    },
    cursor: () => cursorOf(lastEventId, grammar.startingAfter?.()),
    text: () => ({ text: ledger.text, length: ledger.textLength }),
  };
}

const halfEvent: Failure = {
  rung: 1,
  cause: 'half-event',
  message: 'the stream ended within an event',
};

const invalidUtf8: Failure = {
  rung: 1,
  cause: 'invalid-utf-8',
  message: 'there are bytes in it that are no UTF-8',
};

const empty: Failure = { rung: 1, cause: 'empty', message: 'no event came' };

function transportFailures(end: TransportEnd, wasStopped: boolean): readonly Failure[] {
  switch (end.kind) {
    case 'by-client':
      return wasStopped
        ? []
        : [{ rung: 0, cause: 'closed-by-client', message: 'the client closed before the end' }];
    case 'cut':
      return [{ rung: 0, cause: 'cut', message: clip(`the transport was cut: ${end.why}`) }];
    case 'timeout':
      return [{ rung: 0, cause: 'timeout', message: clip(`timed out: ${end.why}`) }];
    default:
      return [];
  }
}

function missingEnds(
  { ends: { finish, terminator } }: Grammar,
  { hasFinish, hasTerminator }: StreamLedger,
): readonly Failure[] {
  return [
    ...(finish !== undefined && !hasFinish ? [missing('no-finish', finish)] : []),
    ...(terminator !== undefined && !hasTerminator ? [missing('no-terminator', terminator)] : []),
  ];
}

const missing = (cause: string, what: string): Failure => ({
  rung: 2,
  cause,
  message: `the stream ended without ${what}`,
});

interface Judged {
  readonly grammar: Grammar;
  readonly check: EndCheck;
  /** In the order of their rungs. */
  readonly failures: readonly Failure[];
  readonly doubts: Completeness['notCheckable'];
}

function completeness({ grammar, check, failures, doubts }: Judged): Completeness {
  const hasEnd = grammar.ends.finish !== undefined || grammar.ends.terminator !== undefined;
  const ownRung: Rung = !hasEnd ? 1 : check.isChecked ? 3 : 2;
  // A rung on which something was found wrong is one that could be checked.
  const checkable = failures.reduce<Rung>(
    (highest, { rung }) => (rung > highest ? rung : highest),
    ownRung,
  );
  const lowest = failures[0]?.rung;
  const reached = lowest === undefined ? checkable : below(lowest);
  return {
    reached,
    checkable,
    isWhole: failures.length === 0,
    failures,
    notCheckable: [
      ...doubts,
      ...(hasEnd
        ? []
        : [{ rung: 2 as const, why: 'the dialect has no end but that of the transport' }]),
      ...(hasEnd ? check.notCheckable.map((why) => ({ rung: 3 as const, why })) : []),
    ],
  };
}

function below(rung: Rung): Rung | undefined {
  return rung === 0 ? undefined : ((rung - 1) as Rung);
}

function transportDoubts(end: TransportEnd, wasStopped: boolean): Completeness['notCheckable'] {
  if (end.kind === 'closed') return [{ rung: 0, why: clip(end.why) }];
  if (wasStopped) return [{ rung: 0, why: 'the client closed at the end that the dialect gives' }];
  return [];
}

function cursorOf(
  lastEventId: string | undefined,
  startingAfter: Cursor['startingAfter'],
): Cursor | undefined {
  // An empty id resets the last one (WHATWG HTML §9.2.6).
  const hasId = lastEventId !== undefined && lastEventId !== '';
  if (!hasId && startingAfter === undefined) return undefined;
  return {
    ...(hasId && { lastEventId }),
    ...(startingAfter !== undefined && { startingAfter }),
  };
}
