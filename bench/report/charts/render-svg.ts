// The only file that calls Vega: converts a specification into an SVG that needs nothing else.

import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Chart, ChartPlan } from './chart.ts';
import { withoutTips, withTitles } from './hover.ts';
import { chartConfig, styleSheet } from './theme.ts';

/** The same plan gives the same SVG, to the byte. */
export async function renderSvg({
  spec,
  title,
  alt,
}: ChartPlan): Promise<Pick<Chart, 'svg' | 'pageSvg'>> {
  const full = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    config: chartConfig,
    ...spec,
  } as unknown as TopLevelSpec;
  const view = new View(parse(compile(full).spec), { renderer: 'none' });
  try {
    const drawn = describe(await view.toSVG(), { title, alt });
    return { svg: withoutTips(drawn), pageSvg: withTitles(drawn) };
  } finally {
    view.finalize();
  }
}

function describe(
  svg: string,
  { title, alt }: { readonly title: string; readonly alt: string },
): string {
  const head = `<title>${escapeXml(title)}</title><desc>${escapeXml(alt)}</desc><style>${styleSheet}</style>`;
  return `${svg.replace(/^<svg ([^>]*)>/, (_, attributes: string) => `<svg ${attributes} role="img" aria-label="${escapeXml(`${title}. ${alt}`)}">${head}`)}\n`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
