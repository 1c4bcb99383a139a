// Test support: noise of known shape with mean 0 and standard deviation 1, so that a test sets only
// its amount.

import { drawNormal, type Draw } from '../../contract/random.ts';

export type Noise = (draw: Draw) => number;

export const normal: Noise = drawNormal;

/** Student's t with 3 degrees of freedom, whose variance is 3. */
export const heavyTailed: Noise = (draw) => {
  const chiSquared = drawNormal(draw) ** 2 + drawNormal(draw) ** 2 + drawNormal(draw) ** 2;
  return drawNormal(draw) / Math.sqrt(chiSquared);
};

const WILD_SHARE = 0.1;
const WILD_FACTOR = 5;

/** One value in ten is drawn five times as wide. */
export const contaminated: Noise = (draw) => {
  const width = draw() < WILD_SHARE ? WILD_FACTOR : 1;
  return (width * drawNormal(draw)) / Math.sqrt(1 - WILD_SHARE + WILD_SHARE * WILD_FACTOR ** 2);
};

/** Exponential less its mean: skewness 2. */
export const skewed: Noise = (draw) => -Math.log(1 - draw()) - 1;

const LOG_SIGMA = 1;

/** Lognormal with σ = 1, centred and scaled: skewness 6.2. */
export const stronglySkewed: Noise = (draw) => {
  const mean = Math.exp(LOG_SIGMA ** 2 / 2);
  return (
    (Math.exp(LOG_SIGMA * drawNormal(draw)) - mean) / (mean * Math.sqrt(Math.expm1(LOG_SIGMA ** 2)))
  );
};
