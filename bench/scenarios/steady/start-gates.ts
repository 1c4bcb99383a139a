// Judges whether streams began when they were planned, and as many as were asked for. With
// arrivals, when streams begin is the input of the trial, and how many are open a result.

import type { ArrivalsRecord } from '../../contract/arrivals-record.ts';
import { isPoisson } from '../../contract/arrival-model.ts';
import type { TrialSpecification } from '../../contract/messages.ts';
import type { Gate } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { atMost, noteUnless } from '../../trial/gate.ts';
import { loadGate } from '../../trial/stream-gates.ts';

/** What the stamps of a trial say about its starts. */
export interface StartFindings {
  readonly startLagP99Ns: number | undefined;
  /**
   * Anderson–Darling statistic of the issued gaps between starts; undefined when it cannot be
   * judged, with the reason.
   */
  readonly arrivals: {
    readonly statistic: number | undefined;
    readonly limit: number;
    readonly note: string | undefined;
  };
  /** Set for streams that arrive. */
  readonly arrived?: Pick<ArrivalsRecord, 'startLagP99Ns'>;
  /** Requested connection slots, and those that had a stream in the window. */
  readonly load: { readonly asked: number; readonly tookPart: number };
}

interface Started {
  readonly specification: Pick<TrialSpecification, 'connecting' | 'arrivals'>;
  readonly client: { readonly browser?: object | undefined };
}

/**
 * A page begins a stream between two frames, of 16.7 ms each; a few ms more are for delivering the
 * command to it.
 */
const PAGE_START_LAG_NS = 20 * NS_PER_MS;

export const IN_ONE_GO =
  'not judged: all starts of a storm are one task of the event loop; how long it took is among the results';

/** H3 */
export function startGate(
  { specification, client: { browser } }: Started,
  { startLagP99Ns, arrived }: StartFindings,
): Gate {
  const text = { id: 'H3', kind: 'harness', title: 'start lag p99', unit: 'ns' } as const;
  if (arrived !== undefined)
    return atMost(
      { ...text, title: 'start lag p99, of streams that arrive', limit: ARRIVAL_ERROR_NS },
      arrived.startLagP99Ns,
      noteUnless(arrived.startLagP99Ns, 'no start in the window'),
    );
  const isStorm = specification.connecting?.kind === 'storm';
  return atMost(
    { ...text, limit: browser === undefined ? 5 * NS_PER_MS : PAGE_START_LAG_NS },
    isStorm ? undefined : startLagP99Ns,
    isStorm ? IN_ONE_GO : noteUnless(startLagP99Ns, 'too few starts in the window'),
  );
}

/** Arrivals are a measurement's input: a burst that is spread out is another one. */
const ARRIVAL_ERROR_NS = NS_PER_MS;

/** H6 */
export function poissonGate(
  { specification: { arrivals } }: Started,
  { arrivals: { statistic, limit, note } }: StartFindings,
): Gate {
  const isOther =
    arrivals !== undefined && (arrivals.kind === 'trace' || !isPoisson(arrivals.model));
  return atMost(
    {
      id: 'H6',
      kind: 'harness',
      title: 'starts as Poisson arrivals (Anderson–Darling)',
      limit,
      unit: 'statistic',
    },
    isOther ? undefined : statistic,
    isOther
      ? 'not judged: these arrivals are no Poisson process; whether they came when they should is H3'
      : note,
  );
}

/** H15 */
export function populationGate(
  { specification: { arrivals } }: Started,
  { load }: StartFindings,
): Gate {
  const gate = loadGate(load);
  if (arrivals === undefined) return gate;
  const { value: _value, note: _note, ...text } = gate;
  return atMost(
    text,
    undefined,
    'not judged: with arrivals, how many streams are open follows from when they begin; whether all began is H1',
  );
}
