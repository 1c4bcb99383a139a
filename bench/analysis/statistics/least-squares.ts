// Fits the straight line through a few points: its slope is the change of y per unit of x.

import { mean } from './moments.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface FittedLine {
  readonly slope: number;
  readonly intercept: number;
  /** Standard error of the slope; undefined for two points, which a line always fits. */
  readonly standardError: number | undefined;
  /**
   * Share of the variance of y that the line explains; undefined for two points, and when y does
   * not vary.
   */
  readonly rSquared: number | undefined;
}

/** Ordinary least squares; undefined with fewer than two different x. */
export function fitLine(points: readonly Point[]): FittedLine | undefined {
  const [centreX, centreY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const sum = (of: (point: Point) => number): number =>
    points.reduce((total, point) => total + of(point), 0);
  const squaresX = sum(({ x }) => (x - centreX) ** 2);
  if (!(squaresX > 0)) return undefined;
  const slope = sum(({ x, y }) => (x - centreX) * (y - centreY)) / squaresX;
  const intercept = centreY - slope * centreX;
  const squaresY = sum(({ y }) => (y - centreY) ** 2);
  const residuals = sum(({ x, y }) => (y - intercept - slope * x) ** 2);
  const degreesOfFreedom = points.length - 2;
  return {
    slope,
    intercept,
    standardError:
      degreesOfFreedom < 1 ? undefined : Math.sqrt(residuals / degreesOfFreedom / squaresX),
    rSquared: degreesOfFreedom < 1 || squaresY === 0 ? undefined : 1 - residuals / squaresY,
  };
}
