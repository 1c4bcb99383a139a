import { describe, expect, it } from 'vitest';
import {
  alert,
  details,
  flow,
  heading,
  left,
  list,
  right,
  shellCode,
  table,
  type Content,
} from '../blocks.ts';
import { code } from '../inline.ts';
import { HtmlRenderer, renderInline } from './html.ts';
import { renderHtmlPage } from './html-page.ts';

const htmlOf = (content: Content): string =>
  new HtmlRenderer({ svgOf: () => undefined }).render(flow(content));

const pageOf = (content: Content): string =>
  renderHtmlPage({ blocks: flow(content), svgOf: () => undefined });

describe('inline text', () => {
  it.each([
    ['a < b & "c"', 'a &lt; b &amp; &quot;c&quot;'],
    ['**bold** and `code`', '<strong>bold</strong> and <code>code</code>'],
    ['**bold `code`**', '<strong>bold <code>code</code></strong>'],
    ['``with ` inside``', '<code>with ` inside</code>'],
    [String.raw`\*not\* marks`, '*not* marks'],
    ['[report](matrix/report.md)', '<a href="matrix/report.md">report</a>'],
    ['[section](#validity)', '<a href="#validity">section</a>'],
    ['[web](https://example.com/a?b)', '<a href="https://example.com/a?b">web</a>'],
  ])('%s', (text, html) => expect(renderInline(text)).toBe(html));

  it.each(['javascript:run', 'JaVaScRiPt:run', 'data:text/html,x', '//evil.example/x'])(
    'a link to %s is text',
    (target) => expect(renderInline(`[x](${target})`)).toBe('x'),
  );

  it('markup from a server stays text, in code and outside of it', () => {
    const hostile = '<img src=x onerror=alert(1)>"\'`**[a](javascript:b)';
    for (const html of [renderInline(hostile), renderInline(code(hostile))])
      expect(html).not.toMatch(/<img|<script|javascript:b"/);
  });
});

it('what follows a heading of level 2 is its section, which folds', () => {
  expect(htmlOf([heading(1, 'T'), 'a', heading(2, 'One'), 'b', heading(2, 'Two'), 'c'])).toBe(
    [
      '<h1 id="t">T</h1>',
      '<p>a</p>',
      '<section><details open><summary><h2 id="one">One</h2></summary>',
      '<p>b</p>',
      '</details></section>',
      '<section><details open><summary><h2 id="two">Two</h2></summary>',
      '<p>c</p>',
      '</details></section>',
    ].join('\n'),
  );
});

it('headings that are equal have anchors of their own', () => {
  expect(htmlOf([heading(3, 'Gates'), heading(3, 'Gates')])).toContain('id="gates-1"');
});

it('a cell has the alignment of its column, its strength and its tone', () => {
  const html = htmlOf(
    table([left('metric'), right('p')], [['x', { text: '0.01', isStrong: true, tone: 'good' }]]),
  );
  expect(html).toContain('<th scope="col" class="right">p</th>');
  expect(html).toContain('<td class="right good"><strong>0.01</strong></td>');
});

it('lists, code, details and alerts keep their texts', () => {
  const html = htmlOf([
    list(['one', '**two**']),
    shellCode('a < b'),
    details('more & more', ['inside']),
    alert('caution', ['careful']),
  ]);
  expect(html).toContain('<ul><li>one</li><li><strong>two</strong></li></ul>');
  expect(html).toContain('<code>a &lt; b</code>');
  expect(html).toContain('<summary>more &amp; more</summary>\n<p>inside</p>');
  expect(html).toContain('<div class="alert caution" role="note">');
});

const figure = (file: string) => ({ kind: 'figure', file, alt: 'a' }) as const;

it('a chart lies in the page, and two charts share no id', () => {
  const svg = '<svg><clipPath id="c0"/><g clip-path="url(#c0)"/></svg>';
  const html = new HtmlRenderer({ svgOf: () => svg }).render([figure('a.svg'), figure('b.svg')]);
  expect(html.match(/id="[^"]+"/g)).toEqual(['id="f1-c0"', 'id="f2-c0"']);
  expect(html).toContain('url(#f2-c0)');
});

it('the page forbids scripts and the network, names itself, and lists its sections', () => {
  const page = pageOf([heading(1, 'SSE or WebSocket?'), heading(2, 'One'), heading(2, 'Two')]);
  expect(page).toContain("content=\"default-src 'none';");
  expect(page).not.toContain('script-src');
  expect(page).not.toContain('<script');
  expect(page).toContain('<title>SSE or WebSocket?</title>');
  expect(page).toContain('<li><a href="#two">Two</a></li>');
});
