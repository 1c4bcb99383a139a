// Display of one lane of the race. Tokens may come faster than a screen draws: text and figures are
// collected, and shown once per frame and ten times a second.

import { renderBytes, renderCount, renderMs, renderRate } from './figures.js';
import { GapPlot } from './gap-plot.js';

/** @import { StreamAccount } from './stream-account.js' */

const FIGURES_EVERY_MS = 100;

/**
 * @typedef {'idle' | 'connecting' | 'open' | 'reconnecting' | 'paused' | 'finished' | 'cancelled' |
 * 'failed'} LaneState
 */

/** @type {Readonly<Record<LaneState, string>>} */
const stateWords = {
  idle: 'not started',
  connecting: 'connecting',
  open: 'open',
  reconnecting: 'reconnecting',
  paused: 'paused',
  finished: 'finished, closed',
  cancelled: 'cancelled, closed',
  failed: 'failed, closed',
};

export class LaneView {
  #root;
  #plot;
  #text;
  #pendingText = '';
  #isAsked = false;
  #figuresShownMs = Number.NEGATIVE_INFINITY;
  /** @type {{ account: StreamAccount, reconnects: number } | undefined} */
  #figures;

  /** @param {HTMLElement} root An element with `data-lane`, made from the template. */
  constructor(root) {
    this.#root = root;
    this.#text = this.#part('text');
    this.#plot = new GapPlot(
      /** @type {HTMLCanvasElement} */ (this.#part('plot')),
      this.#part('gaps'),
    );
  }

  /**
   * @param {string} name
   * @returns {HTMLElement}
   */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(`[data-part="${name}"]`));
  }

  clear() {
    this.#pendingText = '';
    this.#text.replaceChildren();
    this.say('verdict', '');
    this.say('hash', '');
  }

  /** @param {LaneState} state */
  state(state) {
    this.#root.dataset['state'] = state;
    this.#part('state').textContent = stateWords[state];
  }

  /** @param {string} text */
  append(text) {
    this.#pendingText += text;
    this.#ask();
  }

  /**
   * @param {StreamAccount} account
   * @param {number} reconnects
   */
  figures(account, reconnects) {
    this.#figures = { account, reconnects };
    this.#ask();
  }

  /**
   * @param {'verdict' | 'hash'} part
   * @param {string} words
   * @param {'good' | 'bad' | 'neutral'} tone
   */
  say(part, words, tone = 'neutral') {
    const element = this.#part(part);
    element.textContent = words;
    element.dataset['tone'] = tone;
  }

  #ask() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#showText();
      if (performance.now() - this.#figuresShownMs < FIGURES_EVERY_MS) this.#askLater();
      else this.#showFigures();
    });
  }

  /** The last figures must be shown even when nothing comes after them. */
  #askLater() {
    setTimeout(() => this.#ask(), FIGURES_EVERY_MS);
  }

  /**
   * Shows everything at once: a hidden page draws no frames, and the verdict at the end must agree
   * with what is shown.
   */
  flush() {
    this.#showText();
    this.#showFigures();
  }

  #showText() {
    if (this.#pendingText === '') return;
    const text = this.#text;
    // A reader who has scrolled up must not be scrolled down.
    const isAtEnd = text.scrollHeight - text.scrollTop - text.clientHeight < 40;
    text.append(this.#pendingText);
    this.#pendingText = '';
    if (isAtEnd) text.scrollTop = text.scrollHeight;
  }

  #showFigures() {
    if (this.#figures === undefined) return;
    this.#figuresShownMs = performance.now();
    const { account, reconnects } = this.#figures;
    const { tokens, expected } = account;
    const values = {
      tokens:
        expected === undefined
          ? renderCount(tokens)
          : `${renderCount(tokens)} of ${renderCount(expected)}`,
      first: renderMs(account.firstTokenMs),
      rate: renderRate(account.tokensPerSecond),
      payload: renderBytes(account.payloadBytes),
      framed: renderBytes(account.framedBytes),
      reconnects: renderCount(reconnects),
      lost: renderCount(account.lost),
      repeated: renderCount(account.repeated),
    };
    for (const [name, value] of Object.entries(values)) this.#part(name).textContent = value;
    this.#root.dataset['tokens'] = String(tokens);
    this.#plot.draw(account.gapsMs);
  }
}
