// What EventSource does by itself and the others must be taught: to come back after a loss, later each time, and not all
// receivers at the same moment. Where the stream goes on is the caller's cursor.

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4000;
const MOST_ATTEMPTS = 6;

/**
 * @typedef {object} Attempt
 * @property {() => void} progressed Something came: the next loss is a first one again.
 * @property {() => void} lost The connection is gone, or never came about; at most once.
 */

/**
 * Connects, and again after each loss. Returns what ends it.
 * @param {(attempt: Attempt) => () => void} connect Begins a connection and returns what closes it.
 * @param {object} told
 * @param {() => void} told.onLoss
 * @param {(attempts: number) => void} told.onGivingUp After so many losses in a row.
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
 * Doubles with each loss in a row, and lies somewhere in the upper half of that.
 * @param {number} losses
 * @param {number} random In [0, 1).
 */
export function reconnectDelayMs(losses, random) {
  const most = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (losses - 1));
  return most * (0.5 + random / 2);
}
