// The streams that people ask for: none is planned, each is described by its request and timed by one of several workloads.

import type { TokenSource, Workload } from '../../bench/contract/workload.ts';
import { PlannedStreams, type StreamPlan, type StreamRequest } from '../planned-streams.ts';

/** As in the other requests that leave it out. */
const DEFAULT_SEED = 1;

export class DescribedStreams implements Pick<PlannedStreams, 'find'> {
  readonly #byWorkload: ReadonlyMap<string, PlannedStreams>;
  readonly #default: PlannedStreams;
  readonly defaultWorkload: string;

  /** @param workloads The first is meant where a request names none. */
  constructor(workloads: readonly [Workload, ...Workload[]]) {
    this.#byWorkload = new Map(workloads.map((workload) => [workload.name, new PlannedStreams(workload)]));
    this.defaultWorkload = workloads[0].name;
    this.#default = this.#byWorkload.get(this.defaultWorkload) as PlannedStreams;
  }

  get workloadNames(): string[] {
    return [...this.#byWorkload.keys()];
  }

  get defaultSource(): TokenSource {
    return this.#default.source;
  }

  /** Undefined when the request says nothing but an id, or names a workload that is not here. */
  find({ workload, ...request }: StreamRequest): StreamPlan | undefined {
    if (workload === undefined) return this.#default.find(request);
    const streams = this.#byWorkload.get(workload);
    const plan = streams?.find({ seed: DEFAULT_SEED, ...request });
    return plan === undefined || streams === undefined ? undefined : { ...plan, source: streams.source };
  }
}
