import { expect, it } from 'vitest';
import { formatRatio } from '../format.ts';
import { ratioRows, ratioTable, type RatioRow } from './ratio-rows.ts';
import { renderSvg } from './render-svg.ts';
import { ink } from './theme.ts';

const row: RatioRow = { name: 'a', ratio: 0.8, low: 0.7, high: 0.9, colour: ink.text };

const svgOf = async (rows: readonly RatioRow[]) =>
  await renderSvg({
    file: 'ratios.svg',
    title: 'Ratios',
    alt: 'Ratios.',
    spec: ratioRows(rows, { width: 400, labelLimit: 200, margin: 0.1 }),
  });

it('a page says the values of a mark where one points at it; the file is an image without them', async () => {
  const { svg, pageSvg } = await svgOf([row]);
  expect(pageSvg.match(/<title>a: 0\.800 \[0\.700, 0\.900\]<\/title>/g)).toHaveLength(2);
  expect(svg).not.toContain('0.800');
});

it('the noise floor is a mark of its own below the effect, and a column of the table', async () => {
  const floor = { value: 1.01, low: 0.97, high: 1.05 };
  const { pageSvg } = await svgOf([{ ...row, floor }]);
  expect(pageSvg).toContain(`<title>a, between equal arms: ${formatRatio(floor)}</title>`);
  expect(ratioTable([{ ...row, floor }], 'effect').columns).toHaveLength(3);
  expect(ratioTable([row], 'effect').columns).toHaveLength(2);
});

it('an interval without an end is drawn to the edge, and told in full', async () => {
  const { pageSvg } = await svgOf([row, { ...row, name: 'b', low: 1e-9, high: 1e300 }]);
  expect(pageSvg).not.toMatch(/="[^"]*(?:NaN|Infinity)/);
  expect(pageSvg).toContain('<title>b: 0.800 [0.000, ');
});
