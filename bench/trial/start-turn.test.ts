import { expect, it } from 'vitest';
import { StartTurns } from './start-turn.ts';

it('turns are had one after another, in the order in which they were asked for', async () => {
  const turns = new StartTurns();
  const had: number[] = [];
  const take = async (number: number): Promise<Disposable> => {
    const turn = await turns.take();
    had.push(number);
    return turn;
  };
  const [first, second, third] = [take(1), take(2), take(3)];
  const one = await first;
  expect(had).toEqual([1]);
  one[Symbol.dispose]();
  // Ending a turn twice does not end another one.
  one[Symbol.dispose]();
  const two = await second;
  expect(had).toEqual([1, 2]);
  two[Symbol.dispose]();
  await third;
  expect(had).toEqual([1, 2, 3]);
});
