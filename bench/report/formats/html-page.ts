// A report as one HTML file that needs nothing else: no network, no script. A policy in the page
// forbids both, so that text from a server that got in could not run.

import type { Block } from '../blocks.ts';
import { escapeHtml, HtmlRenderer, type Anchor, type HtmlOptions } from './html.ts';
import { pageStyle } from './html-style.ts';

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export interface HtmlPage extends HtmlOptions {
  readonly blocks: readonly Block[];
  /** Language of its text. */
  readonly language?: string;
}

/** The same blocks give the same page, to the byte. */
export function renderHtmlPage({ blocks, svgOf, language = 'en' }: HtmlPage): string {
  const renderer = new HtmlRenderer({ svgOf });
  const inside = renderer.render(blocks);
  const title = renderer.anchors.find(({ level }) => level === 1)?.text ?? 'streamduel';
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<a class="skip" href="#report">Skip the contents</a>
${contents(renderer.anchors)}
<main id="report">
${inside}
</main>
</body>
</html>
`;
}

/** Sections of level 2; those below them are found there. */
function contents(anchors: readonly Anchor[]): string {
  const items = anchors
    .filter(({ level }) => level === 2)
    .map(({ id, text }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`);
  return items.length < 2
    ? ''
    : `<nav aria-label="Contents"><details open><summary>Contents</summary><ol>${items.join('')}</ol></details></nav>`;
}
