// A claim about the transports, split into its possible meanings. Each part is answered by the
// verdict on one quantity, and by nothing else.

import type { LoadPoint, ScenarioId } from '../../contract/run-file.ts';
import type { Estimate } from '../statistics/estimate.ts';

interface ClaimSource {
  readonly scenario: ScenarioId;
  readonly metric: string;
}

export interface ClaimPart {
  readonly title: string;
  readonly sources: readonly ClaimSource[];
}

export interface Claim {
  readonly text: string;
  readonly parts: readonly ClaimPart[];
}

/**
 * The meaning of a verdict for the claim. `equivalent`: the difference was shown not to matter,
 * which is neither for nor against it; `not-settled`: nothing that decides it was shown; `void`:
 * the numbers cannot be trusted.
 */
export type ClaimAnswer =
  | 'supports'
  | 'refutes'
  | 'equivalent'
  | 'not-settled'
  | 'void'
  | 'not-measured';

/** The place where a number was measured, and the arms that it compares. */
interface ClaimPlace extends ClaimSource {
  readonly loadPoint: LoadPoint;
  /** Names of the two arms, and what they have in common: `probe`, `library`. */
  readonly sseArm: string;
  readonly webSocketArm: string;
  readonly sse: Estimate;
  readonly webSocket: Estimate;
  /**
   * WebSocket over SSE, whichever of them was the baseline; undefined for a metric that may be
   * zero.
   */
  readonly ratio: Estimate | undefined;
}

export interface ClaimRow {
  /** Title of the claim's part. */
  readonly part: string;
  readonly answer: ClaimAnswer;
  /** A few words on why the answer is no clearer; undefined when the verdict suffices. */
  readonly reason: string | undefined;
  /** undefined when nothing was measured. */
  readonly place: ClaimPlace | undefined;
}

export interface ClaimReading {
  readonly claim: string;
  /** Whether any of the analyses is of a scenario that the claim is about. */
  readonly isAsked: boolean;
  /**
   * Rows in the order of the parts; a part has a row for each place at which it was measured, and
   * one row if it was not.
   */
  readonly rows: readonly ClaimRow[];
  /** The whole claim in one sentence: only as strong as the rows, and never a winner. */
  readonly sentence: string;
  /** One sentence for each answer that there is, with the parts that have it. */
  readonly details: readonly string[];
}
