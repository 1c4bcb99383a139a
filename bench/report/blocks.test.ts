import { describe, expect, it } from 'vitest';
import {
  alert,
  deepen,
  details,
  flow,
  heading,
  left,
  list,
  section,
  shellCode,
  table,
  type Block,
} from './blocks.ts';

const paragraph = (text: string): Block => ({ kind: 'paragraph', text });

describe('a flow of content', () => {
  it('has texts as paragraphs, in their order, however deep they stand', () => {
    expect(flow(['a', [list(['b']), [heading(3, 'c'), 'd']]])).toEqual([
      paragraph('a'),
      list(['b']),
      heading(3, 'c'),
      paragraph('d'),
    ]);
  });

  it('has no trace of what is empty', () => {
    expect(
      flow([
        '',
        [],
        list([]),
        table([left('a')], []),
        details('title', ['', list([])]),
        alert('note', ''),
      ]),
    ).toEqual([]);
  });
});

it('a section without content has no heading either', () => {
  expect(section('Failures', ['', []])).toEqual([]);
  expect(section('Failures', 'None.')).toEqual([heading(2, 'Failures'), paragraph('None.')]);
});

it('as part of another document only headings change, the folded ones too', () => {
  const command = shellCode('# a comment');
  expect(
    deepen(
      [heading(1, 'One'), paragraph('#hashtag'), details('more', [heading(3, 'Three'), command])],
      2,
    ),
  ).toEqual([
    heading(3, 'One'),
    paragraph('#hashtag'),
    details('more', [heading(5, 'Three'), command]),
  ]);
});
