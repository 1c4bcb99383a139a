import { describe, expect, it } from 'vitest';
import { code, demote, foldedBlock, joinBlocks, left, renderTable, right } from './markdown.ts';

describe('renderTable', () => {
  it('keeps pipes and line breaks inside their cell', () => {
    expect(renderTable([left('a'), right('b')], [['x | y', 'one\n two']])).toBe(
      '| a      |       b |\n| :----- | ------: |\n| x \\| y | one two |',
    );
  });

  it('is empty without rows', () => {
    expect(renderTable([left('a')], [])).toBe('');
  });
});

describe('foldedBlock', () => {
  it('leaves a blank line after the summary, without which GitHub shows Markdown as text', () => {
    expect(foldedBlock('a < b', 'body')).toBe('<details>\n<summary>a &lt; b</summary>\n\nbody\n\n</details>');
  });

  it('is empty without a body', () => {
    expect(foldedBlock('title', '')).toBe('');
  });
});

it('code with a backtick is fenced by two', () => {
  expect([code('a'), code('a`b')]).toEqual(['`a`', '``a`b``']);
});

it('empty blocks leave no trace', () => {
  expect(joinBlocks(['a', '', 'b'])).toBe('a\n\nb');
});

it('headings go one level deeper, except in a block of code', () => {
  const inside = '```sh\n# a comment\n```';
  expect(demote(`# One\n\n#hashtag\n${inside}\n### Three # four\n\n${inside}\n## Two`)).toBe(
    `## One\n\n#hashtag\n${inside}\n#### Three # four\n\n${inside}\n### Two`,
  );
});
