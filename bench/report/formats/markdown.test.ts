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
import { renderMarkdown } from './markdown.ts';

const markdownOf = (content: Content): string => renderMarkdown(flow(content));

it('blocks have a blank line between them', () => {
  expect(
    markdownOf([
      heading(2, 'Cost'),
      'It took a while.',
      list(['a', 'b']),
      shellCode('streamduel run'),
    ]),
  ).toBe('## Cost\n\nIt took a while.\n\n- a\n- b\n\n```sh\nstreamduel run\n```');
});

describe('a table', () => {
  it('keeps pipes and line breaks inside their cell', () => {
    expect(markdownOf(table([left('a'), right('b')], [['x | y', 'one\n two']]))).toBe(
      '| a      |       b |\n| :----- | ------: |\n| x \\| y | one two |',
    );
  });

  it('shows the wide form of every column, and in bold what is strong', () => {
    const columns = [left('metric', { narrow: 'm' }), right('p', { only: 'wide' })];
    expect(
      markdownOf(table(columns, [[{ text: 'delivery', narrow: 'd', isStrong: true }, '0.01']])),
    ).toBe('| metric       |    p |\n| :----------- | ---: |\n| **delivery** | 0.01 |');
  });
});

it('a blank line follows a summary, without which GitHub shows Markdown as text', () => {
  expect(markdownOf(details('a < b', ['body', list(['one'])]))).toBe(
    '<details>\n<summary>a &lt; b</summary>\n\nbody\n\n- one\n\n</details>',
  );
});

it('every line of an alert is quoted', () => {
  expect(markdownOf(alert('caution', ['**INVALID**', list(['a', 'b'])]))).toBe(
    '> [!CAUTION]\n> **INVALID**\n>\n> - a\n> - b',
  );
});

it('a figure is an image with its alternative, whatever stands in either', () => {
  expect(markdownOf({ kind: 'figure', file: 'charts/a b.svg', alt: 'p50 [ms]\nof all' })).toBe(
    String.raw`![p50 \[ms\] of all](charts/a%20b.svg)`,
  );
});
