// Watches the resident memory of the servers through a window, from outside. One reading takes some
// 50 µs of this process and stops no other, so it may be taken during a measurement; the full
// readings of process-memory.ts may not.

import { readFileSync } from 'node:fs';
import { KIB } from '../contract/units.ts';

const SAMPLE_MS = 200;

/** Fields are undefined without a reading. */
export interface ResidentMemory {
  /** Highest value before a moment, highest from then on, and the last. */
  readonly beforeBytes: number | undefined;
  readonly peakBytes: number | undefined;
  readonly endBytes: number | undefined;
}

/** Samples from construction until disposal. */
export class ResidentWatch implements Disposable {
  readonly #pids: readonly number[];
  readonly #isBefore: () => boolean;
  readonly #timer: NodeJS.Timeout;
  #beforeBytes: number | undefined;
  #peakBytes: number | undefined;

  /** @param isBefore Whether the moment is yet to come. */
  constructor(pids: readonly number[], isBefore: () => boolean) {
    this.#pids = pids;
    this.#isBefore = isBefore;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
    this.#sample();
  }

  read(): ResidentMemory {
    const endBytes = this.#sample();
    return { beforeBytes: this.#beforeBytes, peakBytes: this.#peakBytes, endBytes };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #sample(): number | undefined {
    const bytes = readResident(this.#pids);
    if (bytes === undefined) return undefined;
    if (this.#isBefore()) this.#beforeBytes = Math.max(bytes, this.#beforeBytes ?? 0);
    else this.#peakBytes = Math.max(bytes, this.#peakBytes ?? 0);
    return bytes;
  }
}

/** Sum over all processes; undefined when one of them cannot be read. */
export function readResident(pids: readonly number[]): number | undefined {
  let bytes = 0;
  for (const pid of pids) {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readStatus(pid))?.[1];
    if (kilobytes === undefined) return undefined;
    bytes += Number(kilobytes) * KIB;
  }
  return bytes;
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
