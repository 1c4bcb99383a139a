// Loads one target for one trial: streams begin when they are planned to, whether or not earlier
// ones have ended, and each is read to its end.

import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { callAt, sendToParent } from '../../bench/contract/child-link.ts';
import { TrialClock } from '../../bench/contract/clock.ts';
import type { EndpointRequest } from '../../bench/contract/endpoint.ts';
import {
  fillPlaceholders,
  placeholdersIn,
  unescapePlaceholders,
} from '../../bench/contract/placeholders.ts';
import {
  COLLECT_BEFORE_WINDOW_NS,
  collectGarbage,
  UseMeter,
} from '../../bench/contract/process-use.ts';
import { Secrets } from '../../bench/contract/secrets.ts';
import { planStarts, type PlannedStart } from '../../bench/contract/target-start-times.ts';
import {
  OWN_PLACEHOLDERS,
  type FromTargetLoad,
  type TargetTally,
  type ToTargetLoad,
} from '../../bench/contract/target.ts';
import type { ProcessUse } from '../../bench/contract/tally.ts';
import { MIB, NS_PER_MS } from '../../bench/contract/units.ts';
import { visibleText } from '../../bench/contract/visible-text.ts';
import { StreamRecorder } from './stream-recorder.ts';
import { openTargetStream, type EndedStream } from './target-stream.ts';

export type TargetLoadOrder = Extract<ToTargetLoad, { kind: 'target-load' }>;

const PROGRESS_MS = 500;
/** A body that is longer is no answer of a language model. */
const MOST_BYTES = 64 * MIB;
/** Gaps of a trial that are kept: 8 MB as a message. */
const MOST_GAPS = 500_000;
/** Characters of an example. */
const MOST_CHARACTERS = 400;
/** Different causes that are listed. */
const MOST_CAUSES = 50;

interface Ended extends Omit<EndedStream, 'observed'> {
  /** Place in the plan. */
  readonly index: number;
}

export class TargetLoad {
  readonly #order: TargetLoadOrder;
  readonly #clock = new TrialClock();
  readonly #starts: readonly PlannedStart[];
  readonly #valueOf: (name: string) => string | undefined;
  readonly #secrets = new Secrets();
  readonly #recorder: StreamRecorder | undefined;
  #epoch = new Date(0);
  readonly #open = new Map<number, { readonly close: () => void }>();
  readonly #ended: Ended[] = [];
  /** Ids of streams are unique across trials, also on a server that all of them share. */
  readonly #run = randomUUID().slice(0, 13);
  #issued = 0;
  #dropped = 0;
  #tokens = 0;
  #openAtEnd = 0;
  #isEmpty: (() => void) | undefined;

  constructor(order: TargetLoadOrder) {
    const { plan, seed, warmupNs, windowNs, target, port } = order;
    this.#order = order;
    this.#starts = planStarts({
      seed,
      startsPerSecond: plan.startsPerSecond,
      untilNs: warmupNs + windowNs,
      prompts: plan.prompts.length,
    });
    this.#valueOf = (name) => (name === 'PORT' ? port?.toString() : process.env[name]);
    const texts = [
      target.url,
      ...target.headers.map(([, value]) => value),
      target.body ?? '',
      ...(target.messages ?? []),
    ];
    for (const name of placeholdersIn(texts))
      if (!OWN_PLACEHOLDERS.has(name)) this.#secrets.add(this.#valueOf(name) ?? '', `\${${name}}`);
    const { record } = order;
    if (record !== undefined)
      this.#recorder = new StreamRecorder({
        ...record,
        target: target.name,
        secrets: this.#secrets,
      });
  }

  /** Resolves once all streams have ended, each by itself or by its timeout. */
  async run(epochNs: bigint): Promise<Extract<FromTargetLoad, { kind: 'target-tally' }>> {
    this.#clock.agree(epochNs);
    const { now } = this.#clock;
    this.#epoch = new Date(Date.now() - now() / NS_PER_MS);
    const { warmupNs, windowNs } = this.#order;
    const endNs = warmupNs + windowNs;
    const metered = Promise.withResolvers<ProcessUse>();
    callAt(Math.max(0, warmupNs - COLLECT_BEFORE_WINDOW_NS), now, collectGarbage);
    callAt(warmupNs, now, () => {
      const meter = new UseMeter(now);
      callAt(endNs, now, () => {
        this.#openAtEnd = this.#open.size;
        metered.resolve(meter.stop());
      });
    });
    const progress = setInterval(() => this.#sayProgress(), PROGRESS_MS);
    for (const [index, { atNs }] of this.#starts.entries())
      callAt(atNs, now, () => this.#begin(index));
    const use = await metered.promise;
    if (this.#open.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#isEmpty = resolve;
      await promise;
    }
    clearInterval(progress);
    const recorded = this.#recorder?.write(this.#epoch);
    return {
      kind: 'target-tally',
      tally: { ...this.#tally(use), ...(recorded !== undefined && { recorded }) },
    };
  }

  #begin(index: number): void {
    const { target, plan, mostOpen } = this.#order;
    const start = this.#starts[index];
    assert(start !== undefined, 'a stream that begins was planned');
    if (this.#open.size >= mostOpen) {
      this.#dropped++;
      return;
    }
    this.#issued++;
    const prompt = plan.prompts[start.prompt] ?? '';
    let isOver = false;
    const request = this.#requestOf({ PROMPT: prompt, STREAM: `sd-${this.#run}-${index}` });
    const recorder = this.#recorder?.hasRoom() === true ? this.#recorder : undefined;
    const stream = openTargetStream(
      {
        target,
        request,
        plannedNs: start.atNs,
        now: this.#clock.now,
        onToken: () => this.#tokens++,
        onKept: recorder && ((event) => recorder.count(event)),
      },
      ({ observed, ...ended }) => {
        isOver = true;
        this.#ended.push({ ...ended, index });
        if (observed !== undefined)
          recorder?.keep({
            request,
            startNs: ended.record.startNs,
            observed,
            dialect: ended.dialect,
            isWhole: ended.record.isWhole,
            content: ended.content,
          });
        this.#open.delete(index);
        if (this.#open.size === 0) this.#isEmpty?.();
      },
    );
    // One that failed at once has called back already.
    if (!isOver) this.#open.set(index, stream);
  }

  #requestOf(own: Readonly<Record<string, string>>): EndpointRequest {
    const { target, plan } = this.#order;
    const { url, method, headers, body, messages, subprotocols, isInsecure } = target;
    const fill = (text: string): string =>
      unescapePlaceholders(fillPlaceholders(text, (name) => own[name] ?? this.#valueOf(name)));
    return {
      url: fill(url),
      method,
      headers: headers.map(([name, value]) => [name, fill(value)]),
      ...(body !== undefined && { body: fill(body) }),
      ...(messages !== undefined && { messages: messages.map(fill) }),
      ...(subprotocols !== undefined && { subprotocols }),
      ...(isInsecure === true && { isInsecure }),
      timeoutMs: plan.silenceNs / NS_PER_MS,
      totalTimeoutMs: plan.totalNs / NS_PER_MS,
      maxBytes: MOST_BYTES,
      credentialHeaders: headers.flatMap(([name, value]) =>
        placeholdersIn([value]).length === 0 ? [] : [name],
      ),
    };
  }

  #sayProgress(): void {
    const message: FromTargetLoad = {
      kind: 'progress',
      tokensReceived: this.#tokens,
      openStreams: this.#open.size,
    };
    void sendToParent(message);
  }

  #tally(use: ProcessUse): TargetTally {
    const inWindow = this.#ended
      .filter(({ record }) => record.plannedNs >= this.#order.warmupNs)
      .toSorted((a, b) => a.index - b.index);
    const whole = inWindow.filter(({ record }) => record.isWhole);
    const interTokenNs = whole.flatMap((stream) => stream.interTokenNs);
    const interChunkNs = whole.flatMap((stream) => stream.interChunkNs);
    const leftOut = [interTokenNs, interChunkNs].map(({ length }) =>
      Math.max(0, length - MOST_GAPS),
    );
    return {
      node: process.version,
      use,
      startsPlanned: this.#starts.length,
      startsIssued: this.#issued,
      startsDropped: this.#dropped,
      openAtEnd: this.#openAtEnd,
      streams: inWindow.map(({ record }) => record),
      interTokenNs: interTokenNs.slice(0, MOST_GAPS),
      interChunkNs: interChunkNs.slice(0, MOST_GAPS),
      gapsLeftOut: Math.max(...leftOut),
      causes: this.#causes(),
      dialects: countBy(this.#ended.map(({ dialect }) => dialect ?? 'unknown')),
      httpVersions: [...new Set(this.#ended.flatMap(({ httpVersion }) => httpVersion ?? []))],
      notCheckable: Object.entries(
        countBy(
          this.#ended.flatMap(
            ({ completeness }) => completeness?.notCheckable.map(({ why }) => why) ?? [],
          ),
        ),
      ).map(([why, count]) => ({ why: this.#harmless(why), count })),
      ...(whole.length === inWindow.length &&
        whole.length > 0 && { contentSha256: hashOf(whole.map(({ content }) => content)) }),
    };
  }

  /** A server's words, without secrets and without what a terminal obeys. */
  #harmless(text: string): string {
    // A report quotes it as code, which a backtick would end.
    return visibleText(this.#secrets.redact(text), MOST_CHARACTERS).replaceAll('`', "'");
  }

  #causes(): TargetTally['causes'] {
    const causes = new Map<string, { cause: string; count: number; example: string }>();
    for (const stream of this.#ended) {
      if (stream.record.isWhole) continue;
      const { cause, example } = causeOf(stream);
      const known = causes.get(cause);
      if (known !== undefined) known.count++;
      else if (causes.size < MOST_CAUSES)
        causes.set(cause, { cause, count: 1, example: this.#harmless(example) });
    }
    return [...causes.values()];
  }
}

/** A stream is not whole because of its transport's failure, or the lowest rung that it missed. */
function causeOf({ failure, completeness }: Pick<EndedStream, 'failure' | 'completeness'>): {
  cause: string;
  example: string;
} {
  if (failure !== undefined) {
    const hint = failure.hint === undefined ? '' : ` (${failure.hint})`;
    return { cause: failure.cause, example: `${failure.message}${hint}` };
  }
  const missed = completeness?.failures.toSorted((a, b) => a.rung - b.rung)[0];
  return missed === undefined
    ? { cause: 'no-tokens', example: 'it ended in order and no event of it brought text' }
    : { cause: missed.cause, example: missed.message };
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** Each text is followed by its length, so that texts that are cut elsewhere hash differently. */
function hashOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\0${text.length}\0`);
  return hash.digest('hex');
}
