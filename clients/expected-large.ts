// Streams in which some tokens are large messages: each is expected whole, like any other token.

import type { PayloadTemplate } from '../bench/contract/payloads/payload-profile.ts';
import type { OtherTexts } from '../bench/contract/workload.ts';
import { ExpectedPayload, layOutSource } from './expected-payload.ts';
import type { ExpectedTokens } from './expected-tokens.ts';

/** All large messages of one template are expected to be these. */
export function expectLarge(text: string, template: PayloadTemplate): ExpectedTokens {
  const source = { tokens: [text], jsonTexts: [JSON.stringify(text)] };
  return new ExpectedPayload(source, layOutSource(source), template);
}

/** The usual tokens of a stream, and large ones in these places. */
export function mixExpected(
  usual: ExpectedTokens,
  large: ExpectedTokens,
  places: OtherTexts,
): ExpectedTokens {
  const at = (index: number): ExpectedTokens => (places.has(index) ? large : usual);
  return {
    areBytes: false,
    payload: (sourceStart, index) => at(index).payload(sourceStart, index),
    payloadBytes: (sourceStart, index) => at(index).payloadBytes(sourceStart, index),
    matches: (buffer, start, end, sourceStart, index) =>
      at(index).matches(buffer, start, end, sourceStart, index),
    placeOf: (buffer, start, end) => usual.placeOf(buffer, start, end),
  };
}
