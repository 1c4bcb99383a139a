// Judges the stamps of the harness by the kernel's time of each packet. A token's delivery splits
// at the wire: from the server's write to the packet, and from the packet to the client's callback.
// Neither part can be negative.

import assert from 'node:assert/strict';
import { summariseDistribution } from '../../analysis/statistics/summarise-distribution.ts';
import { quantileOf, type Distribution } from '../../contract/distribution.ts';
import type { Population } from '../../contract/population.ts';
import type { Gate } from '../../contract/run-file.ts';
import { NS_PER_MS, NS_PER_US } from '../../contract/units.ts';

export interface JudgeInput {
  readonly population: Pick<Population, 'base' | 'totalTokens'>;
  /** Positions and streams of the window's tokens, from which the report's numbers are computed. */
  readonly window: { readonly position: Uint32Array; readonly stream: Uint32Array };
  /** By token, ns since T0; NaN if never taken. */
  readonly writtenNs: Float64Array;
  readonly wireNs: Float64Array;
  readonly receivedNs: Float64Array;
  /** Maximum error of `wireNs` as a whole, from converting between the clocks. */
  readonly clockErrorNs: number;
}

/**
 * A gate of the ground truth; without a value it is missed, because a missing value proves nothing
 * here.
 */
export type CaptureCheck = Omit<Gate, 'kind'>;

export interface CaptureJudgement {
  readonly plannedTokens: number;
  /** Tokens with all three times. */
  readonly matchedTokens: number;
  /** Over the window, as all distributions here; undefined without matched tokens. */
  readonly writeToWireNs: Distribution | undefined;
  readonly wireToReceiptNs: Distribution | undefined;
  /**
   * |gap between the receipts of two consecutive tokens of a stream − gap between their packets|.
   */
  readonly gapErrorNs: Distribution | undefined;
  /** Minimum over the whole trial; above 0 when none was negative. */
  readonly earliestWireNs: number | undefined;
  readonly earliestReceiptNs: number | undefined;
  readonly checks: readonly CaptureCheck[];
}

/**
 * A tenth of the limit on a typical gap's error: beyond it, the clock was set, or it cannot be read
 * precisely enough.
 */
const CLOCK_ERROR_LIMIT_NS = 5 * NS_PER_US;
/** Tolerance in addition to the clock error. */
const NEGATIVE_LIMIT_NS = NS_PER_US;
const GAP_ERROR_P50_LIMIT_NS = 50 * NS_PER_US;
const GAP_ERROR_P99_LIMIT_NS = NS_PER_MS;

/**
 * Checks that a machine busy with something else may miss; no load makes a true clock run
 * backwards, or a packet vanish.
 */
export const noisyChecks: ReadonlySet<string> = new Set(['K5', 'K6']);

export function judgeCapture(input: JudgeInput): CaptureJudgement {
  const whole = splitDeliveries(
    input,
    Array.from({ length: input.population.totalTokens }, (_, position) => position),
  );
  const window = splitDeliveries(input, input.window.position);
  const gapErrorNs = summariseDistribution(gapErrors(input));
  const facts = {
    plannedTokens: input.population.totalTokens,
    matchedTokens: whole.writeToWire.length,
    writeToWireNs: summariseDistribution(Float64Array.from(window.writeToWire)),
    wireToReceiptNs: summariseDistribution(Float64Array.from(window.wireToReceipt)),
    gapErrorNs,
    earliestWireNs: smallest(whole.writeToWire),
    earliestReceiptNs: smallest(whole.wireToReceipt),
  };
  return { ...facts, checks: check(facts, input.clockErrorNs) };
}

/** Tokens that lack one of the three times are left out. */
function splitDeliveries(
  { writtenNs, wireNs, receivedNs }: JudgeInput,
  positions: Iterable<number>,
) {
  const writeToWire: number[] = [];
  const wireToReceipt: number[] = [];
  for (const position of positions) {
    const written = writtenNs[position] as number;
    const wire = wireNs[position] as number;
    const received = receivedNs[position] as number;
    if (Number.isNaN(written + wire + received)) continue;
    assert(
      wire - written + (received - wire) === received - written,
      'the two parts add up to the delivery: whole ns below 2^53',
    );
    writeToWire.push(wire - written);
    wireToReceipt.push(received - wire);
  }
  return { writeToWire, wireToReceipt };
}

/** Errors in order of planned time; a gap belongs to the later of its two tokens. */
function gapErrors({ population, window, wireNs, receivedNs }: JudgeInput): Float64Array {
  const errors: number[] = [];
  for (const [member, position] of window.position.entries()) {
    if (position === population.base[window.stream[member] as number]) continue;
    const wireGap = (wireNs[position] as number) - (wireNs[position - 1] as number);
    const receiptGap = (receivedNs[position] as number) - (receivedNs[position - 1] as number);
    const error = Math.abs(receiptGap - wireGap);
    if (!Number.isNaN(error)) errors.push(error);
  }
  return Float64Array.from(errors);
}

function check(facts: Omit<CaptureJudgement, 'checks'>, clockErrorNs: number): CaptureCheck[] {
  const negativeLimit = NEGATIVE_LIMIT_NS + clockErrorNs;
  return [
    atMost(
      { id: 'K1', title: 'tokens not found in the packets', limit: 0, unit: 'count' },
      facts.plannedTokens - facts.matchedTokens,
    ),
    atMost(
      {
        id: 'K2',
        title: 'uncertainty of converting between the clocks',
        limit: CLOCK_ERROR_LIMIT_NS,
        unit: 'ns',
      },
      clockErrorNs,
    ),
    atMost(
      {
        id: 'K3',
        title: 'packet sent before its token was written, worst case',
        limit: negativeLimit,
        unit: 'ns',
      },
      beyondZero(facts.earliestWireNs),
    ),
    atMost(
      {
        id: 'K4',
        title: 'token read before its packet was sent, worst case',
        limit: negativeLimit,
        unit: 'ns',
      },
      beyondZero(facts.earliestReceiptNs),
    ),
    atMost(
      {
        id: 'K5',
        title: 'error of the gap between two tokens, p50',
        limit: GAP_ERROR_P50_LIMIT_NS,
        unit: 'ns',
      },
      quantileOf(facts.gapErrorNs, 0.5),
    ),
    atMost(
      {
        id: 'K6',
        title: 'error of the gap between two tokens, p99',
        limit: GAP_ERROR_P99_LIMIT_NS,
        unit: 'ns',
      },
      quantileOf(facts.gapErrorNs, 0.99),
    ),
  ];
}

function beyondZero(ns: number | undefined): number | undefined {
  return ns === undefined ? undefined : Math.max(0, -ns);
}

function atMost(
  text: Pick<CaptureCheck, 'id' | 'title' | 'limit' | 'unit'>,
  value: number | undefined,
): CaptureCheck {
  return value === undefined ? { ...text, ok: false } : { ...text, value, ok: value <= text.limit };
}

function smallest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((a, b) => Math.min(a, b));
}
