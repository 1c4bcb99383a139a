import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { left, right, table, type Table } from '../blocks.ts';
import { code } from '../inline.ts';
import { plainPaint, type Paint } from '../paint.ts';
import { renderTableText } from './terminal.ts';

const marked: Paint = (style, text) => (style === 'bold' ? text : `<${style} ${text}>`);

const verdicts = (words: string): Table =>
  table(
    [
      left('endpoint'),
      right('ratio [95 % CI]', { narrow: 'ratio' }),
      right('p', { only: 'wide' }),
      left('verdict'),
    ],
    [
      [code('open.p50'), '1.02', '0.4', 'equivalent'],
      ['delivery.p99', '12.5', '0.01', { text: `${words}, in full`, narrow: words, tone: 'good' }],
    ],
  );

it('a terminal shows the narrow form: short titles and cells, no column for wide formats, no marks', () => {
  expect(renderTableText(verdicts('WebSocket better'), plainPaint).split('\n')).toEqual([
    'endpoint      ratio  verdict',
    'open.p50       1.02  equivalent',
    'delivery.p99   12.5  WebSocket better',
  ]);
});

it('the tone of the last cell colours it, and no other cell', () => {
  expect(renderTableText(verdicts('better'), marked).split('\n')[2]).toBe(
    'delivery.p99   12.5  <green better>',
  );
});

it('text that is too wide wraps, within 100 columns', () => {
  const text = renderTableText(
    verdicts('WebSocket better by an amount that may not matter '.repeat(4)),
    plainPaint,
  );
  expect(text.split('\n').length).toBeGreaterThan(4);
  expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
});

it('the first column may have all that the last one leaves, or half', () => {
  const long = table([left('what'), left('state')], [['word '.repeat(18).trim(), 'ok']]);
  expect(renderTableText(long, plainPaint).split('\n')).toHaveLength(2);
  expect(renderTableText(long, plainPaint, 'half').split('\n')).toHaveLength(3);
});

it('a limit holds for a column in between', () => {
  const limited = table(
    [left('a'), left('arm', { mostWidth: 8 }), left('z')],
    [['1', 'sse/library', '2']],
  );
  expect(renderTableText(limited, plainPaint).split('\n')).toEqual([
    'a  arm       z',
    '1  sse/libr  2',
    '   ary',
  ]);
});

it('a table without rows is nothing', () => {
  expect(renderTableText(table([left('a'), left('b')], []), plainPaint)).toBe('');
});
