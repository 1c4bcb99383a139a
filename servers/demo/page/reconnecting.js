// Reconnects after a loss with growing delay and jitter, so that not all receivers return at the
// same moment: EventSource does this by itself, the other ways need it. The caller's cursor says
// where the stream resumes.

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4000;
const MOST_ATTEMPTS = 6;

/**
 * @typedef {object} Attempt
 * @property {() => void} progressed Call when something was received: the next loss counts as a
 * first one again.
 * @property {() => void} lost Call when the connection is gone, or was never established; at most
 * once.
 */

/**
 * Connects, and again after each loss. Returns a function that ends this.
 * @param {(attempt: Attempt) => () => void} connect Begins a connection and returns a function that
 * closes it.
 * @param {object} told
 * @param {() => void} told.onLoss
 * @param {(attempts: number) => void} told.onGivingUp Called after too many losses in a row, with
 * their number.
 * @param {() => number} [random] In [0, 1).
 * @returns {() => void}
 */
export function keepConnected(connect, { onLoss, onGivingUp }, random = Math.random) {
  let losses = 0;
  let isOver = false;
  /** @type {(() => void) | undefined} */
  let close;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const open = () => {
    let isLost = false;
    const lost = () => {
      if (isOver || isLost) return;
      isLost = true;
      losses++;
      if (losses > MOST_ATTEMPTS) onGivingUp(losses);
      else {
        onLoss();
        timer = setTimeout(open, reconnectDelayMs(losses, random()));
      }
    };
    close = connect({ progressed: () => (losses = 0), lost });
  };
  open();
  return () => {
    isOver = true;
    clearTimeout(timer);
    close?.();
  };
}

/**
 * Doubles with each loss in a row, with jitter over the upper half.
 * @param {number} losses
 * @param {number} random In [0, 1).
 */
export function reconnectDelayMs(losses, random) {
  const most = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (losses - 1));
  return most * (0.5 + random / 2);
}
