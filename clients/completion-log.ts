// Log of the streams of a closed loop that were received whole, in order of their ends.

import { completionColumns } from '../bench/contract/completions.ts';
import { writeStamps } from '../bench/contract/stamps.ts';

type Completion = Readonly<Record<(typeof completionColumns)[number], number>>;

export class CompletionLog {
  readonly #completions: Completion[] = [];

  get streams(): number {
    return this.#completions.length;
  }

  record(completion: Completion): void {
    this.#completions.push(completion);
  }

  write(path: string): void {
    const columns = completionColumns.map(
      (name) => [name, Float64Array.from(this.#completions, (one) => one[name])] as const,
    );
    writeStamps(path, Object.fromEntries(columns));
  }
}
