import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantileOf } from '../../contract/distribution.ts';
import { NS_PER_MS, NS_PER_US } from '../../contract/units.ts';
import { judgeCapture, type CaptureJudgement, type JudgeInput } from './judge-capture.ts';

const STREAMS = 4;
const TOKENS = 500;
const TOTAL = STREAMS * TOKENS;
/** Number of tokens of each stream that lie before the window. */
const BEFORE_WINDOW = 10;
const WRITE_TO_WIRE_NS = 15 * NS_PER_US;
const WIRE_TO_RECEIPT_NS = 40 * NS_PER_US;

interface Made extends JudgeInput {
  readonly writtenNs: Float64Array;
  readonly wireNs: Float64Array;
  readonly receivedNs: Float64Array;
}

/** A token every 20 ms, each on the wire 15 µs after its write, and received 40 µs after that. */
function madeUp(): Made {
  const base = Int32Array.from({ length: STREAMS }, (_, stream) => stream * TOKENS);
  const members = Array.from({ length: TOTAL }, (_, position) => position).filter(
    (position) => position % TOKENS >= BEFORE_WINDOW,
  );
  const writtenNs = Float64Array.from(
    { length: TOTAL },
    (_, position) => 20 * NS_PER_MS * (1 + (position % TOKENS)),
  );
  return {
    population: { base, totalTokens: TOTAL },
    window: {
      position: Uint32Array.from(members),
      stream: Uint32Array.from(members, (position) => Math.floor(position / TOKENS)),
    },
    writtenNs,
    wireNs: writtenNs.map((ns) => ns + WRITE_TO_WIRE_NS),
    receivedNs: writtenNs.map((ns) => ns + WRITE_TO_WIRE_NS + WIRE_TO_RECEIPT_NS),
    clockErrorNs: 50,
  };
}

const missed = ({ checks }: CaptureJudgement): Record<string, number | undefined> =>
  Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ id, value }) => [id, value]));

describe('judgeCapture', () => {
  it('finds nothing to object to in stamps that are true', () => {
    const judgement = judgeCapture(madeUp());
    expect(missed(judgement)).toEqual({});
    expect(judgement.checks.map(({ id }) => id)).toEqual(['K1', 'K2', 'K3', 'K4', 'K5', 'K6']);
    expect(judgement).toMatchObject({
      plannedTokens: TOTAL,
      matchedTokens: TOTAL,
      earliestWireNs: 15_000,
      earliestReceiptNs: 40_000,
    });
    expect(quantileOf(judgement.writeToWireNs, 0.5)).toBe(15_000);
    expect(quantileOf(judgement.wireToReceiptNs, 1)).toBe(40_000);
    expect(judgement.writeToWireNs?.count).toBe(TOTAL - STREAMS * BEFORE_WINDOW);
    expect(quantileOf(judgement.gapErrorNs, 1)).toBe(0);
  });

  it('finds an error of 60 µs in every gap', () => {
    const made = madeUp();
    for (let position = 0; position < TOTAL; position += 2)
      made.receivedNs[position]! += 60 * NS_PER_US;
    expect(missed(judgeCapture(made))).toEqual({ K5: 60_000 });
  });

  it('finds 2 ms in one token of a hundred: it spoils two gaps', () => {
    const made = madeUp();
    for (let position = 50; position < TOTAL; position += 100)
      made.receivedNs[position]! += 2 * NS_PER_MS;
    expect(missed(judgeCapture(made))).toEqual({ K6: 2_000_000 });
  });

  it('is blind to a delay that all receipts share: only the parts show it', () => {
    const made = madeUp();
    for (let position = 0; position < TOTAL; position++)
      made.receivedNs[position]! += 5 * NS_PER_MS;
    const judgement = judgeCapture(made);
    expect(missed(judgement)).toEqual({});
    expect(quantileOf(judgement.wireToReceiptNs, 0.5)).toBe(5_040_000);
  });

  it('objects to one token read 5 µs before its packet, also outside the window', () => {
    const made = madeUp();
    made.receivedNs[3] = made.wireNs[3]! - 5 * NS_PER_US;
    const judgement = judgeCapture(made);
    expect(missed(judgement)).toEqual({ K4: 5000 });
    expect(judgement.earliestReceiptNs).toBe(-5000);
  });

  it('objects to one packet sent 5 µs before its token was written', () => {
    const made = madeUp();
    made.writtenNs[700] = made.wireNs[700]! + 5 * NS_PER_US;
    expect(missed(judgeCapture(made))).toEqual({ K3: 5000 });
  });

  it('lets pass what the clocks cannot know, and 1 µs more', () => {
    const made = madeUp();
    made.receivedNs[3] = made.wireNs[3]! - 1050;
    expect(missed(judgeCapture(made))).toEqual({});
    made.receivedNs[3] = made.wireNs[3]! - 1051;
    expect(missed(judgeCapture(made))).toEqual({ K4: 1051 });
  });

  it('objects to one token without a packet, and to one without a stamp', () => {
    const made = madeUp();
    made.wireNs[100] = Number.NaN;
    made.writtenNs[200] = Number.NaN;
    const judgement = judgeCapture(made);
    expect(missed(judgement)).toEqual({ K1: 2 });
    // The missing packet takes the two gaps beside it away; a gap needs no write.
    expect(judgement.gapErrorNs?.count).toBe(TOTAL - STREAMS * BEFORE_WINDOW - 2);
  });

  it('objects to clocks that cannot be compared to 5 µs', () => {
    expect(missed(judgeCapture({ ...madeUp(), clockErrorNs: 6000 }))).toEqual({ K2: 6000 });
  });

  it('passes nothing when no token was found', () => {
    const made = madeUp();
    made.wireNs.fill(Number.NaN);
    expect(missed(judgeCapture(made))).toEqual({
      K1: TOTAL,
      K3: undefined,
      K4: undefined,
      K5: undefined,
      K6: undefined,
    });
  });

  it('does not take the gap between two streams for one of a stream', () => {
    const made = madeUp();
    const position = Uint32Array.from({ length: TOTAL }, (_, index) => index);
    const window = { position, stream: position.map((one) => Math.floor(one / TOKENS)) };
    expect(judgeCapture({ ...made, window }).gapErrorNs?.count).toBe(TOTAL - STREAMS);
  });

  it('splits every delivery into two parts that add up to it, whatever the stamps are', () => {
    const stamp = fc.integer({ min: 0, max: 10 ** 15 });
    fc.assert(
      fc.property(stamp, stamp, stamp, (written, wire, received) => {
        const { earliestWireNs, earliestReceiptNs } = judgeCapture({
          population: { base: Int32Array.of(0), totalTokens: 1 },
          window: { position: Uint32Array.of(0), stream: Uint32Array.of(0) },
          writtenNs: Float64Array.of(written),
          wireNs: Float64Array.of(wire),
          receivedNs: Float64Array.of(received),
          clockErrorNs: 0,
        });
        expect(earliestWireNs! + earliestReceiptNs!).toBe(received - written);
      }),
      { seed: 3 },
    );
  });
});
