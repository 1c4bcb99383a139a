// Plots the gaps between the last tokens of a lane, one bar each. The scale is logarithmic, so that
// a cut of a second and a gap of a millisecond both show; it is the same for all lanes.

import { KEPT_GAPS, medianOf } from './stream-account.js';
import { renderMs } from './figures.js';

const LEAST_MS = 0.1;
const MOST_MS = 10_000;
const LABELLED_MS = [1, 10, 100, 1000];
const LABEL_WIDTH_PX = 48;

export class GapPlot {
  #canvas;
  #caption;
  /** @type {readonly number[]} */
  #gapsMs = [];

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} caption
   */
  constructor(canvas, caption) {
    this.#canvas = canvas;
    this.#caption = caption;
    new ResizeObserver(() => this.draw(this.#gapsMs)).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
      this.draw(this.#gapsMs),
    );
  }

  /** @param {readonly number[]} gapsMs Oldest first. */
  draw(gapsMs) {
    this.#gapsMs = gapsMs;
    this.#caption.textContent = describeGaps(gapsMs);
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const context = this.#canvas.getContext('2d');
    if (context === null || width === 0) return;
    const scale = devicePixelRatio;
    // Assigning a size clears the canvas, even if it is the same.
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    context.scale(scale, scale);
    const colours = getComputedStyle(this.#canvas);
    drawGrid(context, { width, height }, colours);
    context.fillStyle = colours.getPropertyValue('--accent');
    const step = (width - LABEL_WIDTH_PX) / KEPT_GAPS;
    gapsMs.forEach((gapMs, index) => {
      const y = heightOf(gapMs, height);
      context.fillRect(LABEL_WIDTH_PX + index * step, y, Math.max(1, step - 0.5), height - y);
    });
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ width: number, height: number }} size
 * @param {CSSStyleDeclaration} colours
 */
function drawGrid(context, { width, height }, colours) {
  context.font = `11px ${colours.fontFamily}`;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const gapMs of LABELLED_MS) {
    const y = Math.round(heightOf(gapMs, height)) + 0.5;
    context.fillStyle = colours.getPropertyValue('--grid');
    context.fillRect(LABEL_WIDTH_PX, y - 0.5, width - LABEL_WIDTH_PX, 1);
    context.fillStyle = colours.getPropertyValue('--quiet');
    context.fillText(gapMs < 1000 ? `${gapMs} ms` : `${gapMs / 1000} s`, LABEL_WIDTH_PX - 6, y);
  }
}

/**
 * Distance from the top, px.
 * @param {number} gapMs
 * @param {number} height
 */
function heightOf(gapMs, height) {
  const share =
    Math.log(Math.min(MOST_MS, Math.max(LEAST_MS, gapMs)) / LEAST_MS) /
    Math.log(MOST_MS / LEAST_MS);
  return height * (1 - share);
}

/** @param {readonly number[]} gapsMs */
export function describeGaps(gapsMs) {
  if (gapsMs.length === 0) return 'Gaps between tokens: none yet.';
  const gaps = gapsMs.length === 1 ? 'The only gap' : `Last ${gapsMs.length} gaps`;
  return `${gaps} between tokens: median ${renderMs(medianOf(gapsMs))}, largest ${renderMs(Math.max(...gapsMs))}.`;
}
