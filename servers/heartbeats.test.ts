import { expect, it } from 'vitest';
import { Heartbeats } from './heartbeats.ts';

const INTERVAL_NS = 100e6;

class Peer {
  readonly beatsMs: number[] = [];
  isFull = false;
  /** undefined when its transport has no answers. */
  answers: boolean | undefined;
  #isAwaited = false;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number, answers: boolean | undefined) {
    this.#nowMs = nowMs;
    this.answers = answers;
  }

  get sink(): {
    heartbeat: () => void;
    isAnswering: () => boolean | undefined;
    channel: { writableNeedDrain: boolean };
  } {
    return {
      heartbeat: () => {
        this.beatsMs.push(this.#nowMs());
        this.#isAwaited = true;
      },
      isAnswering: () =>
        this.answers === undefined ? undefined : this.answers || !this.#isAwaited,
      channel: { writableNeedDrain: this.isFull },
    };
  }
}

/** Virtual time: the timer fires when the test advances to it. */
class TestTime {
  nowMs = 0;
  readonly silent: { peer: Peer; atMs: number }[] = [];
  #timer: { readonly atMs: number; readonly callback: () => void } | undefined;
  readonly heartbeats = new Heartbeats<Peer>({
    intervalNs: INTERVAL_NS,
    now: () => this.nowMs * 1e6,
    onSilence: (peer) => this.silent.push({ peer, atMs: this.nowMs }),
    setTimer: (callback, delayMs) => {
      this.#timer = { atMs: this.nowMs + delayMs, callback };
      return { cancel: () => void (this.#timer = undefined) };
    },
  });

  get isArmed(): boolean {
    return this.#timer !== undefined;
  }

  addPeer(answers: boolean | undefined): Peer {
    const peer = new Peer(() => this.nowMs, answers);
    this.heartbeats.add(peer);
    return peer;
  }

  #fire(): void {
    const timer = this.#timer;
    this.#timer = undefined;
    timer?.callback();
  }

  goTo(ms: number): void {
    for (let next = this.#timer; next !== undefined && next.atMs <= ms; next = this.#timer) {
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.#fire();
    }
    this.nowMs = ms;
  }

  /** Stalls the process: its timer fires only at this time. */
  stallUntil(ms: number): void {
    this.nowMs = ms;
    this.#fire();
  }
}

it('every receiver gets a heartbeat every interval, counted from when it came', () => {
  const time = new TestTime();
  const first = time.addPeer(undefined);
  time.goTo(30);
  const second = time.addPeer(true);
  time.goTo(350);
  expect(first.beatsMs).toEqual([100, 200, 300]);
  expect(second.beatsMs).toEqual([130, 230, 330]);
});

it('a receiver whose socket is full gets none until there is room', () => {
  const time = new TestTime();
  const peer = time.addPeer(undefined);
  peer.isFull = true;
  time.goTo(350);
  expect(peer.beatsMs).toEqual([]);
  peer.isFull = false;
  time.goTo(450);
  expect(peer.beatsMs).toEqual([400]);
});

it('a peer that stops answering is given up two and a half intervals after the first heartbeat without an answer', () => {
  const time = new TestTime();
  const peer = time.addPeer(true);
  time.goTo(250);
  peer.answers = false;
  time.goTo(1000);
  expect(peer.beatsMs).toEqual([100, 200, 300, 400, 500]);
  expect(time.silent).toEqual([{ peer, atMs: 550 }]);
});

it('a peer that answers late, but answers, is kept', () => {
  const time = new TestTime();
  const peer = time.addPeer(false);
  for (let ms = 200; ms < 3000; ms += 200) {
    time.goTo(ms);
    peer.answers = true;
    time.goTo(ms + 100);
    peer.answers = false;
  }
  expect(time.silent).toEqual([]);
});

it('a peer on a transport without answers is never given up', () => {
  const time = new TestTime();
  time.addPeer(undefined);
  time.goTo(10_000);
  expect(time.silent).toEqual([]);
});

it('a process that stood still does not take its own silence for that of its peers', () => {
  const time = new TestTime();
  time.addPeer(false);
  time.goTo(120);
  time.stallUntil(5120);
  expect(time.silent).toEqual([]);
  time.goTo(5320);
  expect(time.silent).toEqual([]);
  time.goTo(5400);
  expect(time.silent).toHaveLength(1);
});

it('without receivers there is no timer', () => {
  const time = new TestTime();
  const peer = time.addPeer(true);
  expect(time.isArmed).toBe(true);
  time.goTo(60);
  time.heartbeats.delete(peer);
  expect(time.isArmed).toBe(false);
});
