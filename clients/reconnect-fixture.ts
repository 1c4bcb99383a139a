// Test fixture: reconnecting streams over a client stack that the test controls, in virtual time.
// Everything between the two is real.

import type { ClientStack } from '../bench/contract/arms/stacks.ts';
import type { TransportId } from '../bench/contract/arms/transports.ts';
import { renderTyped } from '../bench/contract/control-events.ts';
import { payloads, renderPayload } from '../bench/contract/payload.ts';
import type { Population } from '../bench/contract/population.ts';
import type { PolicyName } from '../bench/contract/reconnect-policy.ts';
import { NS_PER_S } from '../bench/contract/units.ts';
import { hashStreamText, sliceStart, type TokenSource } from '../bench/contract/workload.ts';
import { ReconnectingStreams } from './reconnecting-streams.ts';
import { RecoveryAccounts } from './recovery-accounts.ts';
import { RecoveryRecorder } from './recovery-recorder.ts';
import type { ControlType, StreamClient, StreamListener, StreamTarget } from './stream-client.ts';
import { VirtualTime } from './virtual-time.ts';

const texts = ['Hello', ' wörld', '…', ' 🦀', '\n', '"quoted"', ' 你好', '\\', ' end', ' the'];
export const source: TokenSource = {
  tokens: texts,
  jsonTexts: texts.map((text) => JSON.stringify(text)),
};

export function populationWith(streams: number, tokens: number): Population {
  return {
    streams,
    startNs: new Float64Array(streams),
    tokens: new Int32Array(streams).fill(tokens),
    seeds: Uint32Array.from({ length: streams }, (_, stream) => 100 + stream),
    slots: Int32Array.from({ length: streams }, (_, stream) => stream),
    base: Int32Array.from({ length: streams }, (_, stream) => stream * tokens),
    totalTokens: streams * tokens,
  };
}

export function payloadOf(population: Population, stream: number, sequence: number): string {
  const start = sliceStart(source, population.seeds[stream] as number);
  const text = source.jsonTexts[(start + sequence - 1) % texts.length] as string;
  return renderPayload(payloads.lean.template(), sequence, text);
}

interface Opened {
  readonly stream: number;
  readonly atNs: number;
  readonly resumeAfter: string | undefined;
}

export interface SceneOptions {
  readonly streams?: number;
  readonly tokens?: number;
  readonly transport?: TransportId;
  readonly client?: ClientStack;
  readonly policy?: PolicyName;
  readonly heartbeatNs?: number;
  readonly faultNs?: number;
  readonly seed?: number;
}

/**
 * A stack without sockets: it records the calls to it, and the test calls its listener with what
 * arrives.
 */
export class Scene {
  readonly time = new VirtualTime();
  readonly population: Population;
  readonly recorder: RecoveryRecorder;
  readonly accounts: RecoveryAccounts;
  readonly streams: ReconnectingStreams;
  readonly opened: Opened[] = [];
  readonly abandoned: number[] = [];
  readonly paused = new Set<number>();
  readonly #bytes = new Map<number, number>();
  #listener!: StreamListener;

  constructor(options: SceneOptions = {}) {
    const {
      streams = 1,
      tokens = 10,
      transport = 'sse',
      client = 'probe',
      policy = 'identical',
      faultNs = 0,
      seed = 7,
    } = options;
    this.population = populationWith(streams, tokens);
    this.recorder = new RecoveryRecorder(this.population);
    const { population, recorder } = this;
    this.accounts = new RecoveryAccounts({
      specification: { payload: 'lean', transport },
      faultNs,
      population,
      source,
      recorder,
    });
    this.streams = new ReconnectingStreams({
      specification: { transport, client, workloadSeed: seed },
      recovery: {
        policy,
        retryMs: 3000,
        ...(options.heartbeatNs !== undefined && { heartbeatNs: options.heartbeatNs }),
      },
      streams,
      targetOf: (stream) => ({ host: 'h', port: 1, path: `/${stream}` }),
      openClient: (listener) => this.#open(listener),
      accounts: this.accounts,
      now: this.time.now,
      setTimer: this.time.setTimer,
    });
  }

  #open(listener: StreamListener): StreamClient {
    this.#listener = listener;
    return {
      open: (stream: number, { resumeAfter }: StreamTarget) => {
        this.opened.push({ stream, atNs: this.time.now(), resumeAfter });
        this.#bytes.set(stream, 0);
      },
      abandon: (stream) => {
        this.abandoned.push(stream);
        this.#bytes.delete(stream);
      },
      bytesRead: (stream) => this.#bytes.get(stream),
      pause: (stream) => void this.paused.add(stream),
      unpause: (stream) => void this.paused.delete(stream),
      tokenReads: () => undefined,
      close: async () => {},
    };
  }

  /** Delivers bytes that are neither token nor event: a heartbeat, a part of a head. */
  bytes(stream: number, count = 1): void {
    this.#bytes.set(stream, (this.#bytes.get(stream) ?? 0) + count);
  }

  accept(stream: number): void {
    this.bytes(stream);
    this.#listener.onConnect(stream, this.time.now());
    this.#listener.onAccept(stream, this.time.now());
    this.control(stream, 'open', {
      sid: String(stream),
      epoch: 'k3f9',
      from: 1,
      n: this.population.tokens[stream],
    });
  }

  /** Accepts without the event `open`, as a server does that refuses the stream only afterwards. */
  acceptOnly(stream: number): void {
    this.bytes(stream);
    this.#listener.onAccept(stream, this.time.now());
  }

  /** @param sequences Sequence numbers, from 1. */
  tokens(stream: number, ...sequences: readonly number[]): void {
    for (const sequence of sequences) {
      const bytes = Buffer.from(`##${payloadOf(this.population, stream, sequence)}##`);
      this.bytes(stream, bytes.length);
      this.#listener.onTokenBytes(stream, bytes, 2, bytes.length - 2, this.time.now());
    }
  }

  control(stream: number, type: ControlType, fields: object = {}): void {
    this.bytes(stream);
    this.#listener.onControl(stream, type, renderTyped(type, fields), this.time.now());
  }

  /** Delivers the event and the connection's end. */
  done(stream: number, sha256 = this.plannedSha256(stream)): void {
    const n = this.population.tokens[stream] as number;
    this.control(stream, 'done', { s: n + 1, n, sha256, finish: 'stop' });
    this.#listener.onEnd(stream, { bytesRead: 100, bytesSent: 10, headBytes: 5 }, this.time.now());
  }

  plannedSha256(stream: number): string {
    const { seeds, tokens } = this.population;
    return hashStreamText(
      source,
      sliceStart(source, seeds[stream] as number),
      tokens[stream] as number,
    );
  }

  fail(stream: number, cause: string): void {
    this.#bytes.delete(stream);
    this.#listener.onFailure(stream, cause, 'as the test says', this.time.now());
  }

  /** Reports a loss as a stack does that reconnects by itself. */
  lose(stream: number, cause: string): void {
    this.#listener.onLost?.(stream, cause, 'as the test says', this.time.now());
  }

  at(seconds: number): void {
    this.time.advanceTo(seconds * NS_PER_S);
  }

  /** Attempts that were begun after `ns`. */
  openedAfter(ns: number): Opened[] {
    return this.opened.filter(({ atNs }) => atNs > ns);
  }
}
