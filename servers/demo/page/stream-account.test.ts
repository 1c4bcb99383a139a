import { expect, it } from 'vitest';
import { describeAccount, KEPT_GAPS, medianOf, StreamAccount } from './stream-account.js';

function accountOf(sequence: readonly number[], tokens: number): StreamAccount {
  const account = new StreamAccount(1000);
  account.open({ epoch: 'abcd', n: tokens });
  sequence.forEach((s, index) => account.token({ s, d: `t${s} ` }, 1200 + 50 * index));
  return account;
}

function outcomeOf(sequence: readonly number[], tokens: number): string {
  const account = accountOf(sequence, tokens);
  account.finish(tokens);
  return describeAccount(account);
}

it.each([
  ['everything', [1, 2, 3, 4], 'All 4 tokens, in order, none repeated.'],
  ['one left out', [1, 2, 4], '3 of 4 tokens: 1 lost.'],
  ['the end left out', [1, 2], '2 of 4 tokens: 2 lost.'],
  ['nothing', [], '0 of 4 tokens: 4 lost.'],
  ['some again', [1, 2, 2, 1, 3, 4], '4 of 4 tokens: 2 repeated.'],
  ['two exchanged', [1, 3, 2, 4], '4 of 4 tokens: 1 out of order.'],
  ['one lost and one again', [1, 2, 2, 4], '3 of 4 tokens: 1 lost, 1 repeated.'],
  ['more than there are', [1, 2, 3, 4, 5], '5 of 4 tokens: more than the stream has.'],
])('says what came: %s', (_name, sequence, words) => {
  expect(outcomeOf(sequence, 4)).toBe(words);
});

it('what was repeated stands in the text again, so that its hash convicts it', () => {
  expect(accountOf([1, 2, 2, 3], 3).text).toBe('t1 t2 t2 t3 ');
});

it('a loss counts as soon as it shows', () => {
  expect(accountOf([1, 2, 6], 10).lost).toBe(3);
});

it('its cursor is the last token in order, and there is none before the stream has named itself', () => {
  expect(new StreamAccount(0).cursor).toBeUndefined();
  expect(accountOf([], 9).cursor).toBe('abcd.0');
  expect(accountOf([1, 2, 3, 2], 9).cursor).toBe('abcd.3');
});

it('the first token counts from the request, the rate from the first token to the last', () => {
  const account = accountOf([1, 2, 3], 9);
  expect([account.firstTokenMs, account.tokensPerSecond]).toEqual([200, 20]);
  expect(account.gapsMs).toEqual([50, 50]);
});

it('nothing and a single token have no rate and no gaps', () => {
  expect([accountOf([], 9).firstTokenMs, accountOf([], 9).tokensPerSecond]).toEqual([
    undefined,
    undefined,
  ]);
  expect([accountOf([1], 9).tokensPerSecond, accountOf([1], 9).gapsMs]).toEqual([undefined, []]);
});

it('keeps only the last gaps', () => {
  const sequence = Array.from({ length: KEPT_GAPS + 100 }, (_, index) => index + 1);
  expect(accountOf(sequence, 1000).gapsMs).toHaveLength(KEPT_GAPS);
});

it('the median of nothing is unknown', () => {
  expect([medianOf([]), medianOf([5]), medianOf([30, 1, 2])]).toEqual([undefined, 5, 2]);
});
