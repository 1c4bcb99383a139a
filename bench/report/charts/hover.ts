// Values of marks, shown where a pointer rests on them. Vega writes them as labels of the marks;
// in a page they become titles, which every browser shows without a script. A chart beside the
// report is an image, in which nothing can be hovered, so there they are taken out.

import type { ChartSpec } from './chart.ts';

/** A row of a chart with what is said of it: `SSE, p99: 3.1 ms`. */
export interface Told {
  readonly tip: string;
}

/** Properties of a mark whose rows are told. */
export const toldMark = { aria: true } as const;
/** Its channel. */
export const toldChannel = { description: { field: 'tip' } } as const;

const HOVER_MARKS = 'hover';
/** Area of a point, px²: larger ones at the end of an axis would make the chart wider. */
const HOVER_SIZE = 34;
/** Of the same point in a page, where nothing is measured any more. */
const HOVER_RADIUS = 6;

/**
 * A layer of invisible points over a line, whose own mark is of all of its rows and can say nothing
 * of one. The last layer of its panel.
 * @param panel Differs in all panels of a chart: Vega takes layers of one name for one.
 */
export function hoverPoints(
  rows: readonly Told[],
  encoding: Readonly<Record<string, unknown>>,
  panel = 0,
): ChartSpec {
  return {
    name: `${HOVER_MARKS}${panel}`,
    data: { values: rows },
    mark: { type: 'point', filled: true, size: HOVER_SIZE, opacity: 0, ...toldMark },
    encoding: { ...encoding, ...toldChannel },
  };
}

const LABEL =
  /<(path|line) aria-label="([^"]*)" role="[^"]*" aria-roledescription="[^"]*"([^>]*)\/>/g;

/** An invisible point with its title; only where it is matters. */
const HOVER_POINT =
  /<path transform="translate\(([^,]+),([^)]+)\)" d="[^"]*" [^>]*opacity="0"><title>([^<]*)<\/title><\/path>/g;
/** A tenth of a pixel is finer than a screen; Vega writes all digits that a number has. */
const LONG_NUMBER = /(?<=[\s,(A-Za-z"-])(\d+\.\d)\d{2,}/g;
const GEOMETRY = / (?:d|transform|x2|y2|cx|cy)="[^"]*"/g;

/** For a page, in which many charts lie: the same to the eye, in as few bytes. */
export function withTitles(svg: string): string {
  return svg
    .replaceAll(LABEL, '<$1$3><title>$2</title></$1>')
    .replaceAll(
      HOVER_POINT,
      `<circle cx="$1" cy="$2" r="${HOVER_RADIUS}" opacity="0"><title>$3</title></circle>`,
    )
    .replaceAll(GEOMETRY, (geometry) => geometry.replaceAll(LONG_NUMBER, '$1'));
}

/** For a file. */
export function withoutTips(svg: string): string {
  return svg
    .replaceAll(
      new RegExp(`<g class="mark-symbol role-mark ${HOVER_MARKS}[^"]*"[^>]*>.*?</g>`, 'gs'),
      '',
    )
    .replaceAll(LABEL, '<$1$3/>')
    .replaceAll(
      'role="graphics-object" aria-roledescription="symbol',
      'role="graphics-symbol" aria-roledescription="symbol',
    )
    .replaceAll(
      'role="graphics-object" aria-roledescription="rule',
      'role="graphics-symbol" aria-roledescription="rule',
    )
    .replaceAll(
      'role="graphics-object" aria-roledescription="rect',
      'role="graphics-symbol" aria-roledescription="rect',
    );
}
