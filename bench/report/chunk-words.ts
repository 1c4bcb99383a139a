// Sentences on a payload whose tokens are bytes, made from what the transports that took part carry.

import type { Arm } from '../contract/arms/arms.ts';
import { chunkTextBytes, CHUNK_NUMBER_BYTES, payloads } from '../contract/payload.ts';
import type { Plan } from '../contract/run-file.ts';
import { formatCount } from './format.ts';
import { code } from './inline.ts';
import { listWords, transportsOf } from './mechanisms.ts';

type Carried = Pick<Plan, 'payload' | 'arms'>;

/** The subject of a sentence on what is the same in every arm. */
export function alikeContent({ payload }: Pick<Plan, 'payload'>): string {
  return payloads[payload].chunk === undefined
    ? 'Token text, payload bytes'
    : 'The bytes of each token';
}

/** Each kind of message carries the bytes in this way; nothing where tokens are text. */
export function chunkForms({ payload, arms }: Carried): readonly string[] {
  const { chunk } = payloads[payload];
  if (chunk === undefined) return [];
  const { text = [], binary = [] } = Object.groupBy(transportsOf(arms), ({ capabilities }) =>
    capabilities.binary ? 'binary' : 'text',
  );
  const titles = (list: typeof text): string => listWords(list.map(({ title }) => title));
  const parts = [
    `A token of payload ${code(payload)} is ${formatCount(chunk.bytes)} bytes.`,
    ...(text.length === 0
      ? []
      : [
          `Over ${titles(text)} they are base64 within JSON, ${formatCount(chunkTextBytes(chunk.bytes))} bytes or a few less: the server encodes them in the moment in which it writes the message, from bytes that lie ready in every arm.`,
        ]),
    ...(binary.length === 0
      ? []
      : [
          `Over ${titles(binary)} they are sent as they are, after the number of the token in ${CHUNK_NUMBER_BYTES} bytes.`,
        ]),
  ];
  return [parts.join(' ')];
}

/** A result on such tokens is qualified by this, in the place of the words for text. */
export function contentLimit(
  { payload }: Pick<Plan, 'payload'>,
  arms: readonly Pick<Arm, 'transport'>[],
): string {
  const modelled = 'the timing is modelled: no language model ran, and prefill is a planned wait.';
  if (payloads[payload].chunk === undefined) return `The text is real but ${modelled}`;
  const isText = transportsOf(arms).some(({ capabilities }) => !capabilities.binary);
  return (
    `The bytes are as if drawn at random, so a compressor finds in them no more than what base64 has added; and ${modelled}` +
    (isText
      ? ' The probe compares base64 as it came: what decoding it costs a client shows with `--client library`.'
      : '')
  );
}
