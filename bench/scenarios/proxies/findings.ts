// The part of an analysis about what paths do to streams. Pure values, saved within analysis.json.

import type { ExchangeChanges } from './exchange-changes.ts';

/** Something happened at this time in this many of the trials of an arm. */
export interface Happening {
  /** Trials in which it could have been seen, and those in which it was. */
  readonly of: number;
  readonly seen: number;
  /** Median over the trials in which it was seen; undefined without any. */
  readonly afterNs: number | undefined;
  /** The shortest time for which it was waited in vain; undefined where it was always seen. */
  readonly notWithinNs: number | undefined;
}

/** A stream ended in this way that neither twin nor client ended. */
export interface Cut extends Happening {
  /** The client got these messages, each wording once. */
  readonly told: readonly string[];
}

/** A client stopped reading a large stream. */
export interface Stall {
  /** Trials in which the stream had begun. */
  readonly of: number;
  /** Trials in which the server was not held back before all was sent. */
  readonly unbounded: number;
  /** Bytes between the server and the client when nothing moved any more, median over trials. */
  readonly swallowedBytes: number | undefined;
  /** The same over loopback. */
  readonly directBytes: number | undefined;
}

/** A client library whose stream was open when the server restarted. */
export interface LibraryRestart {
  readonly client: string;
  /** Trials in which its stream was open at the restart, was back after it, and was given up. */
  readonly of: number;
  readonly back: number;
  readonly gaveUp: number;
  /** Median, from when the next server listens. */
  readonly backAfterNs: number | undefined;
  readonly told: readonly string[];
}

export interface ArmCells {
  readonly arm: string;
  readonly trials: number;
  /** Whether the machine was too busy in a trial of it, or of that over loopback, for its times. */
  readonly isBusy: boolean;
  /** Streams requested for delivery, and those that were accepted. */
  readonly asked: number;
  readonly accepted: number;
  /** The client got these messages of those that were not, each wording once. */
  readonly refusals: readonly string[];
  /** Their causes, by name, each once. */
  readonly refusedWith: readonly string[];
  /** From the request, medians over trials of medians over their streams. */
  readonly openNs: number | undefined;
  readonly firstTokenNs: number | undefined;
  /** Medians over trials of a quantile of each. */
  readonly deliveryNs: { readonly p50: number | undefined; readonly p99: number | undefined };
  /** The same less those of the arm over loopback, in the same block. */
  readonly added: {
    readonly firstTokenNs: number | undefined;
    readonly p50Ns: number | undefined;
    readonly p99Ns: number | undefined;
  };
  readonly tokensPerRead: number | undefined;
  readonly mostTokensPerRead: number | undefined;
  /** Whether the first token of a stream came only when all of them were due. */
  readonly isHeld: boolean;
  /** From a stop by the client to the server noticing. */
  readonly stopQuiet: Happening;
  readonly stopActive: Happening;
  readonly quiet: Cut;
  readonly long: Cut;
  readonly stall: Stall;
  /**
   * The changes to a response, in the first block in which both it and that over loopback were whole;
   * undefined for the arm over loopback itself, and where none was.
   */
  readonly changes: ExchangeChanges | undefined;
  /** The client libraries at the restart. */
  readonly libraries: readonly LibraryRestart[];
  /** While the server restarts. */
  readonly restart: {
    readonly outageNs: number | undefined;
    readonly asked: number;
    /** Requests that waited, and were accepted when the server was back. */
    readonly accepted: number;
    readonly told: readonly string[];
    /**
     * Whether a client that follows the transport’s specification gives up for good at such an
     * answer.
     */
    readonly endsForGood: boolean;
    readonly backAfterNs: number | undefined;
  };
}

export interface ProxiesFindings {
  readonly proxyCells: readonly ArmCells[];
}
