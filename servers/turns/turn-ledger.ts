// What a server counts of the turns that it takes: the core writes it, the trial reads it.

import type { ServedTurn, ServedTurns } from '../../bench/contract/served-turns.ts';
import type { RefusalCode } from '../../bench/contract/turn-requests.ts';
import type { TokenSource } from '../../bench/contract/workload.ts';

/** A bound on memory, far beyond any trial. */
const MOST_SERVED = 100_000;

export class TurnLedger {
  #served: ServedTurn[] = [];
  #refused: Record<string, number> = {};
  /** Gauges, set by the core. */
  conversationsKept = 0;
  turnsRunning = 0;

  /** Forgets the warm-up. */
  reset(): void {
    this.#served = [];
    this.#refused = {};
  }

  serve(turn: ServedTurn): void {
    if (this.#served.length < MOST_SERVED) this.#served.push(turn);
  }

  refuse(code: RefusalCode): void {
    this.#refused[code] = (this.#refused[code] ?? 0) + 1;
  }

  tally(): ServedTurns {
    const { conversationsKept, turnsRunning } = this;
    return {
      turns: [...this.#served],
      refused: { ...this.#refused },
      conversationsKept,
      turnsRunning,
    };
  }
}

/** What a twin needs besides to take turns. */
export interface TurnsParts {
  readonly ledger: TurnLedger;
  /** The texts of all replies. */
  readonly source: TokenSource;
  /** Injected: the reply begins this much later. */
  readonly delayNs?: number | undefined;
  /** Replaceable by tests, which cannot wait as long. */
  readonly limits?: Partial<TurnLimits>;
}

export interface TurnLimits {
  /** Longest time from the first byte of a turn to its last. */
  readonly uploadMs: number;
  /** Time after which a conversation that no turn continues is forgotten. */
  readonly keptMs: number;
  readonly mostConversations: number;
}

export const DEFAULT_TURN_LIMITS: TurnLimits = {
  uploadMs: 30_000,
  keptMs: 60_000,
  mostConversations: 10_000,
};
