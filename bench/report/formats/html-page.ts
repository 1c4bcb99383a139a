// A report as one HTML file that needs nothing else: no network, no script. A policy in the page
// forbids both, so that text from a server that got in could not run.

import type { Block } from '../blocks.ts';
import { escapeHtml, HtmlRenderer, type Anchor, type HtmlOptions } from './html.ts';
import { pageStyle } from './html-style.ts';
import type { Term } from '../page/terms.ts';

/** A page must be small enough to be sent and opened anywhere. */
export const MOST_PAGE_BYTES = 1.5 * 1024 * 1024;

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export interface HtmlPage extends HtmlOptions {
  readonly blocks: readonly Block[];
  /** Language of its text. */
  readonly language?: string;
}

/** The same blocks give the same page, to the byte. */
export function renderHtmlPage({ blocks, language = 'en', ...options }: HtmlPage): string {
  const renderer = new HtmlRenderer(options);
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
${contents(renderer.anchors, renderer.usedWords)}
<main id="report">
${inside}
${glossary(renderer.usedWords)}
</main>
</body>
</html>
`;
}

/** Sections of level 2; those below them are found there. */
function contents(anchors: readonly Anchor[], words: readonly Term[]): string {
  const sections = anchors.filter(({ level }) => level === 2);
  const items = [...sections, ...(words.length === 0 ? [] : [WORDS])].map(
    ({ id, text }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`,
  );
  if (items.length < 2) return '';
  const listed = `<ol>${items.join('')}</ol>`;
  // Beside the text where there is room, else folded, so that the answer is on the first screen.
  return `<nav class="narrow" aria-label="Contents"><details><summary>Contents</summary>${listed}</details></nav>
<nav class="wide" aria-label="Contents">${listed}</nav>`;
}

const WORDS = { id: 'words', text: 'Words' };

/** The words that were linked, and what they mean. */
function glossary(words: readonly Term[]): string {
  if (words.length === 0) return '';
  const items = words.map(
    ({ id, text, meaning }) =>
      `<dt id="${id}">${escapeHtml(text)}</dt><dd>${escapeHtml(meaning)}</dd>`,
  );
  return `<section><details open><summary><h2 id="${WORDS.id}">${WORDS.text}</h2></summary>\n<dl>${items.join('\n')}</dl></details></section>`;
}
