import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { projectPath } from '../../contract/program.ts';
import { flow, left, right, table } from '../blocks.ts';
import { wordTerms, type Term } from '../page/terms.ts';
import { escapeHtml } from './html.ts';
import { renderHtmlPage } from './html-page.ts';
import { TermLinks } from './term-links.ts';

const terms: readonly Term[] = [
  { text: 'Delivery p50', id: 'metric-d', meaning: 'r − "due"', kind: 'metric' },
  { text: 'equivalent', id: 'word-equivalent', meaning: 'within the margin', kind: 'word' },
  { text: 'not resolvable', id: 'word-n', meaning: 'cannot tell', kind: 'word' },
];

const link = (text: string): string => new TermLinks(terms).link(text, escapeHtml);

it('a metric is linked where it is all of the cell, a word of the method wherever it stands', () => {
  expect(link('Delivery p50')).toBe(
    '<a class="term" href="#metric-d" title="r − &quot;due&quot;">Delivery p50</a>',
  );
  expect(link('Delivery p50 of all')).toBe('Delivery p50 of all');
  expect(link('not resolvable (≈ 23 blocks)')).toBe(
    '<a class="term" href="#word-n" title="cannot tell">not resolvable</a> (≈ 23 blocks)',
  );
});

it.each(['equivalently', '`equivalent`', `equivalent ${'x'.repeat(100)}`])(
  'part of a word, code and sentences are left alone: %s',
  (text) => expect(link(text)).not.toContain('<a'),
);

it('a page explains the words that it links, and no others', () => {
  const page = renderHtmlPage({
    blocks: flow(table([left('metric'), right('verdict')], [['a', 'equivalent <b>']])),
    svgOf: () => undefined,
    terms,
  });
  expect(page).toContain('<dt id="word-equivalent">equivalent</dt><dd>within the margin</dd>');
  expect(page).not.toContain('word-n');
  expect(page).toContain('</a> &lt;b&gt;');
});

/** Words that only tables have. */
const ofTables = ['95 % CI', 'size uncertain'];

it('the words are those of docs/method.md', () => {
  const method = readFileSync(projectPath('docs/method.md'), 'utf8').toLowerCase();
  const unknown = wordTerms.filter(({ text }) => !method.includes(text.toLowerCase()));
  expect(unknown.map(({ text }) => text)).toEqual(ofTables);
});
