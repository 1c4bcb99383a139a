// Plans all turns of a conversation: what its client adds, what it sends under the conditions of a
// cell, and what the server must then have. The texts are the same in every cell of a block.

import { createHash } from 'node:crypto';
import { deriveSeed } from './random.ts';
import type { ContextItem, TurnRequest } from './turn-requests.ts';
import type { TurnsSpecification } from './turns.ts';
import { sliceStart, streamText, type TokenSource } from './workload.ts';

/** Seeds of the measured conversation and of the one that warms up. */
const SALTS = { measured: 0x7475726e, 'warm-up': 0x77617275 } as const;

export type ConversationPart = keyof typeof SALTS;

const PREFIXES = { measured: 't', 'warm-up': 'w' } as const satisfies Record<
  ConversationPart,
  string
>;

export interface PlannedTurn {
  readonly id: string;
  readonly seed: number;
  /** The whole context as the server must have it before it replies. */
  readonly context: readonly ContextItem[];
  readonly request: TurnRequest;
}

export interface ConversationOptions extends Omit<
  TurnsSpecification,
  'connection' | 'roundTripNs' | 'uplinkBytesPerSecond'
> {
  readonly part: ConversationPart;
  /** Tells conversations of one part from each other, which are otherwise the same. */
  readonly repeat: number;
  readonly workloadSeed: number;
  readonly replyTokens: number;
  readonly source: TokenSource;
}

/** Prefix of the ids of its replies, before the number of the turn. */
export function turnPrefix(part: ConversationPart, repeat: number): string {
  return `${PREFIXES[part]}${repeat}-`;
}

/** All turns of a conversation, derived alike by client and analysis. */
export function planConversation(options: ConversationOptions): readonly PlannedTurn[] {
  const { part, repeat, workloadSeed, turns, inputBytes, context, replyTokens, source } = options;
  const prefix = turnPrefix(part, repeat);
  const history: ContextItem[] = [];
  const planned: PlannedTurn[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const seed = deriveSeed(workloadSeed, SALTS[part], turn);
    const id = `${prefix}${turn}`;
    const added: ContextItem = { role: 'tool', text: fillerText(seed, inputBytes) };
    const isIncrement = context === 'increment';
    // The last reply of the turn before is known to a server that keeps the context.
    const input = isIncrement ? [added] : [...history, added];
    history.push(added);
    planned.push({
      id,
      seed,
      context: [...history],
      request: {
        type: 'response.create',
        id,
        seed,
        max_output_tokens: replyTokens,
        store: isIncrement && turn < turns - 1,
        ...(isIncrement && turn > 0 && { previous_response_id: `${prefix}${turn - 1}` }),
        input,
      },
    });
    history.push({
      role: 'assistant',
      text: streamText(source, sliceStart(source, seed), replyTokens),
    });
  }
  return planned;
}

/** Text in ASCII of exactly so many bytes, which JSON need not escape. */
function fillerText(seed: number, bytes: number): string {
  let text = '';
  for (let part = 0; text.length < bytes; part++)
    text += createHash('sha256').update(`tool ${seed} ${part}`).digest('hex');
  return text.slice(0, bytes);
}
