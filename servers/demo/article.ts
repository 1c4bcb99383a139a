// Streams for the demo of the article that this project began from: ten messages, one a second, as
// plain text. Both twins send the same messages at the same times from the same streams; only the
// framing differs.

import { randomInt } from 'node:crypto';
import { parseCursor, streamEpoch } from '../../bench/contract/control-events.ts';
import { NS_PER_MS } from '../../bench/contract/units.ts';
import { hashStreamText, type TokenSource } from '../../bench/contract/workload.ts';
import { admit } from '../admission.ts';
import type { StreamPlan } from '../planned-streams.ts';
import type { Admission } from '../streams.ts';
import type { DemoParts } from './demo-parts.ts';

export const ARTICLE_PATH = '/demo/stream';

const messages = Array.from({ length: 10 }, (_, number) => `message number: ${number}`);
/** Plain text: the messages are sent as they are, and not as JSON. */
const source: TokenSource = { tokens: messages, jsonTexts: messages };
const template = { before: '', firstNumber: undefined, between: '', after: '' };

const DEFAULT_INTERVAL_MS = 1000;
const MAX_SEED = 2 ** 32;

export const articleSchema = {
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      naive: { type: 'integer', enum: [1] },
      /** Time between two messages, ms. */
      interval: { type: 'integer', minimum: 20, maximum: 5000, default: DEFAULT_INTERVAL_MS },
    },
  },
} as const;

/** A query of `articleSchema`. */
export interface ArticleRequest {
  /** Requests the article's own form, without a cursor to resume from. */
  readonly naive?: 1;
  readonly interval: number;
}

/** The first message is due at once. */
export function planArticle(seed: number, intervalMs: number): StreamPlan {
  return {
    id: articleId(streamEpoch(seed)),
    seed,
    tokens: messages.length,
    trialIndex: undefined,
    isRehearsal: false,
    isOnTimetable: false,
    offsetsNs: Float64Array.from(messages, (_message, number) => number * intervalMs * NS_PER_MS),
    sourceStart: 0,
    sha256: hashStreamText(source, 0, messages.length),
    source,
    template,
  };
}

/** The route names no stream, so the cursor must: each stream has an epoch of its own. */
function articleId(epoch: string): string {
  return `article-${epoch}`;
}

/** @param after The cursor of a resuming receiver; without one a new stream begins. */
export function admitArticle(
  parts: DemoParts,
  { interval }: ArticleRequest,
  after: string | undefined,
): Admission {
  if (after !== undefined) {
    const epoch = parseCursor(after)?.epoch;
    return epoch === undefined
      ? { outcome: 'unknown' }
      : admit(parts, { id: articleId(epoch) }, after);
  }
  if (parts.streams.isFull)
    return {
      outcome: 'refused',
      statusCode: 503,
      message: 'the server has as many streams as it may',
    };
  let plan = planArticle(randomInt(MAX_SEED), interval);
  // The loop terminates: there are 62⁴ epochs, and far fewer streams than that are kept.
  while (parts.streams.lookUp(plan.id, undefined) !== undefined)
    plan = planArticle(randomInt(MAX_SEED), interval);
  return { outcome: 'serve', plan };
}
