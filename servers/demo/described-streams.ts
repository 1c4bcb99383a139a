// Streams that people request: none is planned, each is described by its request and timed by one
// of several workloads.

import { randomInt } from 'node:crypto';
import { streamEpoch } from '../../bench/contract/control-events.ts';
import type { TokenSource, Workload } from '../../bench/contract/workload.ts';
import { PlannedStreams, type StreamPlan, type StreamRequest } from '../planned-streams.ts';

/** The same default as in other requests without a seed. */
const DEFAULT_SEED = 1;
const MAX_SEED = 2 ** 32;

export class DescribedStreams implements Pick<PlannedStreams, 'find'> {
  readonly #byWorkload: ReadonlyMap<string, PlannedStreams>;
  readonly #default: PlannedStreams;
  readonly defaultWorkload: string;

  /** @param workloads The first is the default of a request that names none. */
  constructor(workloads: readonly [Workload, ...Workload[]]) {
    this.#byWorkload = new Map(
      workloads.map((workload) => [workload.name, new PlannedStreams(workload)]),
    );
    this.defaultWorkload = workloads[0].name;
    this.#default = this.#byWorkload.get(this.defaultWorkload) as PlannedStreams;
  }

  get workloadNames(): string[] {
    return [...this.#byWorkload.keys()];
  }

  get defaultSource(): TokenSource {
    return this.#default.source;
  }

  /** Returns undefined when the request has nothing but an id, or names an unknown workload. */
  find({ workload, ...request }: StreamRequest): StreamPlan | undefined {
    const streams = workload === undefined ? this.#default : this.#byWorkload.get(workload);
    const plan = streams?.find(
      workload === undefined ? request : { seed: DEFAULT_SEED, ...request },
    );
    if (plan === undefined || streams === undefined) return undefined;
    // Two streams of one seed have the same text, but a cursor of one must not be valid in the
    // other.
    return { ...plan, epoch: streamEpoch(randomInt(MAX_SEED)), source: streams.source };
  }
}
