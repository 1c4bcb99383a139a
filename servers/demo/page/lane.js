// One lane of the race: a way to receive, the account of what came, and the effect on both when the
// reader cuts, pauses or cancels. All lanes differ only in the way.

import { LaneView } from './lane-view.js';
import { describeAccount, StreamAccount } from './stream-account.js';
import { compareHashes, hashText } from './text-hash.js';

/** @import { LaneState } from './lane-view.js' */
/** @import { Listener, Receive, StreamDescription, Twins } from './stream-receiver.ts' */

/** States in which there is something to cut, pause or cancel. */
const LIVE = new Set(['connecting', 'open', 'reconnecting', 'paused']);

export class Lane {
  #receive;
  #controlOrigin;
  #view;
  #onState;
  /** @type {LaneState} */
  #state = 'idle';
  #account = new StreamAccount(0);
  #reconnects = 0;
  /** True when the connection was lost: the next one is a reconnect. */
  #isLost = false;
  #close = () => {};
  /** @type {StreamDescription | undefined} */
  #stream;

  /**
   * @param {HTMLElement} element
   * @param {object} way
   * @param {Receive} way.receive
   * @param {(twins: Twins) => string} way.controlOrigin Origin of the twin that accepts commands
   * for this stream, over HTTP.
   * @param {() => void} onState Called after each change of state.
   */
  constructor(element, { receive, controlOrigin }, onState) {
    this.#view = new LaneView(element);
    this.#receive = receive;
    this.#controlOrigin = controlOrigin;
    this.#onState = onState;
  }

  get isLive() {
    return LIVE.has(this.#state);
  }

  get isPaused() {
    return this.#state === 'paused';
  }

  /**
   * Ends the previous stream first.
   * @param {StreamDescription} stream
   */
  start(stream) {
    if (this.isLive) void this.cancel();
    this.#close();
    this.#stream = stream;
    this.#account = new StreamAccount(performance.now());
    this.#reconnects = 0;
    this.#isLost = false;
    this.#view.clear();
    this.#connect();
    this.#view.flush();
  }

  #connect() {
    if (this.#stream === undefined) return;
    this.#become('connecting');
    const account = this.#account;
    this.#close = this.#receive(
      { ...this.#stream, cursor: () => account.cursor },
      this.#listener(account),
    );
    this.#view.figures(account, this.#reconnects);
  }

  /**
   * @param {StreamAccount} account
   * @returns {Listener}
   */
  #listener(account) {
    return {
      connected: () => {
        if (this.#isLost) this.#reconnects++;
        this.#isLost = false;
        this.#become('open');
      },
      lost: () => {
        this.#isLost = true;
        this.#become('reconnecting');
      },
      counted: (bytes) => (account.framedBytes += bytes),
      event: (type, data) => this.#take(type, data),
      failed: (reason) => this.#fail(reason),
    };
  }

  /**
   * @param {string} type
   * @param {string} data
   */
  #take(type, data) {
    const account = this.#account;
    account.payloadBytes += utf8.encode(data).length;
    const fields = JSON.parse(data);
    if (type === 'message') {
      account.token(fields, performance.now());
      this.#view.append(fields.d);
    } else if (type === 'open') account.open(fields);
    else if (type === 'done') void this.#finish(fields);
    this.#view.figures(account, this.#reconnects);
  }

  /** @param {{ n: number, sha256: string }} done */
  async #finish({ n, sha256 }) {
    const account = this.#account;
    this.#close();
    account.finish(n);
    this.#view.flush();
    this.#view.say('verdict', describeAccount(account), account.isWhole ? 'good' : 'bad');
    this.#become('finished');
    const { state, words } = compareHashes(await hashText(account.text), sha256);
    if (account === this.#account) this.#view.say('hash', words, tones[state]);
  }

  /** @param {string} reason */
  #fail(reason) {
    this.#close();
    this.#view.flush();
    this.#view.say('verdict', reason, 'bad');
    this.#become('failed');
  }

  /**
   * Looks like a network fault to the receiver: the twin destroys the connection, and the stream
   * goes on.
   */
  async cut() {
    if (this.#state !== 'open') return;
    // Only while open: between two connections there is nothing to cut.
    await this.#order('cut');
  }

  pause() {
    if (!this.isLive || this.isPaused) return;
    this.#close();
    this.#isLost = false;
    this.#view.flush();
    this.#become('paused');
  }

  continue() {
    if (this.isPaused) this.#connect();
  }

  /** Closing alone would not be enough: the generation goes on without a reader. */
  async cancel() {
    if (!this.isLive) return;
    this.#close();
    this.#view.flush();
    const { tokens } = this.#account;
    this.#view.say('verdict', `Cancelled after ${tokens.toLocaleString('en')} tokens.`);
    this.#become('cancelled');
    await this.#order('cancel');
  }

  /** @param {'cut' | 'cancel'} order */
  async #order(order) {
    if (this.#stream === undefined) return;
    const { id, twins } = this.#stream;
    // The state shows the result; without an answer the connection is lost as well, and the lane
    // shows that.
    await fetch(new URL(`/v1/streams/${id}/${order}`, this.#controlOrigin(twins)), {
      method: 'POST',
    }).catch(() => undefined);
  }

  /** @param {LaneState} state */
  #become(state) {
    this.#state = state;
    this.#view.state(state);
    this.#onState();
  }
}

const utf8 = new TextEncoder();

/** @type {Readonly<Record<'equal' | 'different' | 'unchecked', 'good' | 'bad' | 'neutral'>>} */
const tones = { equal: 'good', different: 'bad', unchecked: 'neutral' };
