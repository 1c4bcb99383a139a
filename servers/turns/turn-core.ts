// Takes turns of conversations, whatever carried them: reads the request, finds the context that the
// server keeps, and begins the reply. Both twins run this one implementation, so they cannot differ
// in what a turn costs or in what is answered to one that is not taken.

import {
  contextDigest,
  isRefusal,
  MOST_CONTEXT_BYTES,
  parseTurnRequest,
  type ContextItem,
  type TurnRefusal,
  type TurnRequest,
} from '../../bench/contract/turn-requests.ts';
import { NS_PER_MS } from '../../bench/contract/units.ts';
import { streamText } from '../../bench/contract/workload.ts';
import { admit, type TwinParts } from '../admission.ts';
import type { StreamPlan } from '../planned-streams.ts';
import type { StreamSink } from '../stream-sink.ts';
import { DEFAULT_TURN_LIMITS, type TurnLimits, type TurnsParts } from './turn-ledger.ts';

/** The context after a reply, which the next turn names by the reply's id. */
interface Conversation {
  readonly items: readonly ContextItem[];
  readonly bytes: number;
  readonly forgottenMs: number;
  /** A turn that continues it has not ended: another one is refused until then. */
  isContinued: boolean;
}

/** A turn that was taken, and whose reply has not begun. */
export interface TakenTurn {
  readonly plan: StreamPlan;
  readonly request: TurnRequest;
  readonly context: readonly ContextItem[];
  readonly contextBytes: number;
}

export class TurnCore {
  readonly limits: TurnLimits;
  readonly #parts: TwinParts;
  readonly #turns: TurnsParts;
  /** By the id of the last reply. */
  readonly #kept = new Map<string, Conversation>();
  readonly #running = new Set<string>();
  readonly #delays = new Set<NodeJS.Timeout>();
  #sweep: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: TwinParts, turns: TurnsParts) {
    this.#parts = parts;
    this.#turns = turns;
    this.limits = { ...DEFAULT_TURN_LIMITS, ...turns.limits };
  }

  /** @param bytes The request's JSON as it arrived. */
  take(bytes: Buffer): TakenTurn | TurnRefusal {
    const request = parseTurnRequest(bytes);
    if (isRefusal(request)) return request;
    const before = this.#contextBefore(request);
    if ('code' in before) return before;
    const context = [...before.items, ...request.input];
    const contextBytes = before.bytes + textLength(request.input);
    if (contextBytes > MOST_CONTEXT_BYTES)
      return {
        code: 'too_large',
        message: `the context would have more than ${MOST_CONTEXT_BYTES} bytes`,
      };
    const { id, seed, max_output_tokens: n } = request;
    const admission = admit(this.#parts, { id, n, seed });
    if (admission.outcome !== 'serve')
      return admission.outcome === 'refused' && admission.statusCode === 503
        ? { code: 'overloaded', message: admission.message }
        : { code: 'bad_request', message: `no reply ${id} can be made` };
    this.#begin(request);
    this.#turns.ledger.serve({
      id,
      bodyBytes: bytes.length,
      items: context.length,
      digest: contextDigest(context),
    });
    return { plan: admission.plan, request, context, contextBytes };
  }

  /** Streams the reply of a turn that was taken. */
  run(turn: TakenTurn, bareSink: StreamSink): void {
    const { delayNs = 0 } = this.#turns;
    let isOver = false;
    const end = (isWhole: boolean): void => {
      if (isOver) return;
      isOver = true;
      this.#end(turn, isWhole);
    };
    const sink: StreamSink = {
      ...bareSink,
      // Before the client can have heard of it, and so send the next turn.
      done: (event) => {
        end(true);
        bareSink.done(event);
      },
    };
    bareSink.onClose(() => end(false));
    const start = (): void => {
      if (!isOver) this.#parts.streams.start(turn.plan, sink, { handlerNs: this.#parts.now() });
    };
    if (delayNs === 0) return start();
    const timer = setTimeout(() => {
      this.#delays.delete(timer);
      start();
    }, delayNs / NS_PER_MS);
    this.#delays.add(timer);
  }

  /** Gives a turn up that was taken and cannot be answered, because its client is gone. */
  drop(turn: TakenTurn): void {
    this.#end(turn, false);
  }

  refuse({ code }: TurnRefusal): void {
    this.#turns.ledger.refuse(code);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#sweep);
    for (const timer of this.#delays) clearTimeout(timer);
    this.#delays.clear();
    this.#kept.clear();
    this.#running.clear();
  }

  #contextBefore({
    id,
    previous_response_id: previous,
  }: TurnRequest): Pick<Conversation, 'items' | 'bytes'> | TurnRefusal {
    if (this.#running.has(id))
      return { code: 'turn_in_progress', message: `the reply ${id} is being streamed` };
    if (this.#kept.has(id))
      return { code: 'bad_request', message: `id: the reply ${id} exists; choose another id` };
    if (this.#kept.size >= this.limits.mostConversations && previous === undefined)
      return { code: 'overloaded', message: 'the server keeps as many conversations as it may' };
    if (previous === undefined) return { items: [], bytes: 0 };
    const kept = this.#kept.get(previous);
    if (kept === undefined) {
      return this.#running.has(previous)
        ? { code: 'turn_in_progress', message: `the reply ${previous} is being streamed` }
        : {
            code: 'unknown_response',
            message: `no reply ${previous} is kept here: send the whole context`,
          };
    }
    return kept.isContinued
      ? {
          code: 'turn_in_progress',
          message: `another turn that continues ${previous} has not ended`,
        }
      : kept;
  }

  #begin({ id, previous_response_id: previous }: TurnRequest): void {
    this.#running.add(id);
    const kept = previous === undefined ? undefined : this.#kept.get(previous);
    if (kept !== undefined) kept.isContinued = true;
    this.#count();
  }

  /** A turn that was cut leaves the context as it was, so that its client can send it again. */
  #end({ plan, request, context, contextBytes }: TakenTurn, isWhole: boolean): void {
    const { id, store, previous_response_id: previous } = request;
    this.#running.delete(id);
    if (previous !== undefined && isWhole) this.#kept.delete(previous);
    const before = previous === undefined ? undefined : this.#kept.get(previous);
    if (before !== undefined) before.isContinued = false;
    if (isWhole && store && !this.#isClosed) {
      const text = streamText(this.#turns.source, plan.sourceStart, plan.tokens);
      const reply: ContextItem = { role: 'assistant', text };
      this.#kept.set(id, {
        items: [...context, reply],
        bytes: contextBytes + text.length,
        forgottenMs: performance.now() + this.limits.keptMs,
        isContinued: false,
      });
      this.#sweepLater();
    }
    this.#count();
  }

  /** One timer for all conversations, and none without any. */
  #sweepLater(): void {
    if (this.#sweep !== undefined || this.#kept.size === 0 || this.#isClosed) return;
    this.#sweep = setTimeout(() => {
      this.#sweep = undefined;
      for (const [id, { forgottenMs, isContinued }] of this.#kept)
        if (!isContinued && performance.now() >= forgottenMs) this.#kept.delete(id);
      this.#count();
      this.#sweepLater();
    }, this.limits.keptMs);
  }

  #count(): void {
    this.#turns.ledger.conversationsKept = this.#kept.size;
    this.#turns.ledger.turnsRunning = this.#running.size;
  }
}

export const isTaken = (turn: TakenTurn | TurnRefusal): turn is TakenTurn => 'plan' in turn;

export function uploadTimeout({ limits }: TurnCore): TurnRefusal {
  return { code: 'upload_timeout', message: `the turn did not end within ${limits.uploadMs} ms` };
}

function textLength(items: readonly ContextItem[]): number {
  return items.reduce((sum, { text }) => sum + text.length, 0);
}
