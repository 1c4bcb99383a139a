// Formats numbers for people. An unknown number is a dash.

const UNKNOWN = '–';

/**
 * Renders about three digits.
 * @param {number | undefined} milliseconds
 */
export function renderMs(milliseconds) {
  if (milliseconds === undefined) return UNKNOWN;
  // Browsers round their clock, commonly to 0.1 ms.
  if (milliseconds < 0.1) return '< 0.1 ms';
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}

/** @param {number | undefined} perSecond */
export function renderRate(perSecond) {
  if (perSecond === undefined) return UNKNOWN;
  return perSecond >= 100 ? Math.round(perSecond).toLocaleString('en') : perSecond.toFixed(1);
}

/** @param {number} count */
export function renderCount(count) {
  return count.toLocaleString('en');
}

/** @param {number} bytes */
export function renderBytes(bytes) {
  return `${bytes.toLocaleString('en')} B`;
}
