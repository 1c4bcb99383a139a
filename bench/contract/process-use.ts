// Measures a process's own resource use over the window: CPU, event loop, garbage collection,
// lateness. Server and client use this one implementation, so that their numbers mean the same.

import { readFileSync } from 'node:fs';
import {
  PerformanceObserver,
  constants,
  performance,
  type EventLoopUtilization,
  type PerformanceEntry,
} from 'node:perf_hooks';
import type { Clock } from './clock.ts';
import type { ProcessUse } from './tally.ts';
import { NS_PER_MS, NS_PER_US } from './units.ts';

const LATENESS_INTERVAL_MS = 10;
const SLICE_MS = 1000;
/** A stall longer than this is counted as this long; a bound on the loop below. */
const MAX_STALL_SAMPLES = 1000;

/** Time this process was runnable but did not run, in ns; undefined without CONFIG_SCHED_INFO. */
function readRunDelayNs(): number | undefined {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]);
  } catch {
    return undefined;
  }
}

/**
 * Meters one window of this process. Start it at the window's first moment, stop it at the last.
 */
export class UseMeter {
  readonly #now: Clock;
  readonly #startNs: number;
  readonly #cpu = process.cpuUsage();
  readonly #utilisation = performance.eventLoopUtilization();
  readonly #runDelayNs = readRunDelayNs();
  readonly #latenessNs: number[] = [];
  readonly #gc = { minor: 0, major: 0, other: 0 };
  readonly #observer: PerformanceObserver;
  readonly #sliceTimer: NodeJS.Timeout;
  #latenessTimer: NodeJS.Timeout | undefined;
  #slice: EventLoopUtilization;
  #utilisationMax = 0;

  constructor(now: Clock) {
    this.#now = now;
    this.#startNs = now();
    this.#slice = this.#utilisation;
    this.#observer = new PerformanceObserver((list) => this.#recordCollections(list));
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#sliceTimer = setInterval(() => this.#endSlice(), SLICE_MS);
    this.#watchLateness();
  }

  #recordCollections(list: { getEntries: () => PerformanceEntry[] }): void {
    for (const entry of list.getEntries()) {
      const kind = (entry as PerformanceEntry & { detail?: { kind?: number } }).detail?.kind;
      const spentNs = entry.duration * NS_PER_MS;
      if (kind === constants.NODE_PERFORMANCE_GC_MINOR) this.#gc.minor += spentNs;
      else if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) this.#gc.major += spentNs;
      else this.#gc.other += spentNs;
    }
  }

  /** Ignores a remainder shorter than half a slice: its utilisation is not that of a second. */
  #endSlice(): void {
    const slice = performance.eventLoopUtilization(this.#slice);
    if (slice.idle + slice.active < SLICE_MS / 2) return;
    this.#utilisationMax = Math.max(this.#utilisationMax, slice.utilization);
    this.#slice = performance.eventLoopUtilization();
  }

  #watchLateness(): void {
    const intervalNs = LATENESS_INTERVAL_MS * NS_PER_MS;
    const dueNs = this.#now() + intervalNs;
    this.#latenessTimer = setTimeout(() => {
      // A stall delays one timer, but also everything else due during it: it is weighted by its
      // length.
      let late = this.#now() - dueNs;
      for (let samples = 0; samples < MAX_STALL_SAMPLES && (samples === 0 || late > 0); samples++) {
        this.#latenessNs.push(Math.max(0, late));
        late -= intervalNs;
      }
      this.#watchLateness();
    }, LATENESS_INTERVAL_MS);
  }

  stop(): ProcessUse {
    const wallNs = this.#now() - this.#startNs;
    const cpu = process.cpuUsage(this.#cpu);
    const utilisation = performance.eventLoopUtilization(this.#utilisation).utilization;
    const runDelayNs = readRunDelayNs();
    this.#endSlice();
    this.#recordCollections({ getEntries: () => this.#observer.takeRecords() });
    this.#observer.disconnect();
    clearInterval(this.#sliceTimer);
    clearTimeout(this.#latenessTimer);
    const late = Float64Array.from(this.#latenessNs).sort();
    const memory = process.memoryUsage();
    return {
      wallNs,
      cpuUserNs: cpu.user * NS_PER_US,
      cpuSystemNs: cpu.system * NS_PER_US,
      eventLoopUtilisation: utilisation,
      eventLoopUtilisationMax: Math.max(this.#utilisationMax, utilisation),
      gcMinorNs: this.#gc.minor,
      gcMajorNs: this.#gc.major,
      gcOtherNs: this.#gc.other,
      ...(runDelayNs !== undefined &&
        this.#runDelayNs !== undefined && { runDelayNs: runDelayNs - this.#runDelayNs }),
      ...(late.length > 0 && {
        tickLatenessP50Ns: nearestRank(late, 0.5),
        tickLatenessP99Ns: nearestRank(late, 0.99),
      }),
      heapUsedBytes: memory.heapUsed,
      externalBytes: memory.external,
    };
  }
}

function nearestRank(sorted: Float64Array, q: number): number {
  return sorted[Math.ceil(sorted.length * q) - 1] as number;
}

/**
 * Both processes collect garbage this long before the window, so that the pause is over when it
 * begins.
 */
export const COLLECT_BEFORE_WINDOW_NS = 150 * NS_PER_MS;

/**
 * Forces a full collection if the process was started with --expose-gc; a window must not begin
 * with the warm-up's garbage.
 */
export function collectGarbage(): void {
  globalThis.gc?.();
}
