// Cells of scenarios whose clients tell the server something while streams run, as their reports
// show them: one way of an arm at a time, and one round trip at a time.

import { stopWays, type StopWay } from '../contract/arms/stop-ways.ts';
import type { StreamState } from '../contract/told-streams.ts';
import { heading, type Content } from './blocks.ts';
import { formatSetting } from './format.ts';

interface TellCell {
  readonly arm: string;
  readonly way: StopWay;
  readonly state: StreamState;
  /** Round trip that the path adds; absent for none. */
  readonly roundTripNs?: number;
}

/** A way of an arm, with its cells over every round trip. */
export interface WayCells<Cell extends TellCell> {
  readonly way: Cell['way'];
  readonly title: string;
  readonly active: readonly Cell[];
  readonly quiet: readonly Cell[];
}

/** Cells by arm and way, in their order. */
export function groupWays<Cell extends TellCell>(
  cells: readonly Cell[],
  titleOf: (arm: string) => string,
): readonly WayCells<Cell>[] {
  return [...Map.groupBy(cells, ({ arm, way }) => `${arm} ${way}`).values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    return [
      {
        way: first.way,
        title: `${titleOf(first.arm)} ${stopWays[first.way].title}`,
        active: own.filter(({ state }) => state === 'active'),
        quiet: own.filter(({ state }) => state === 'quiet'),
      },
    ];
  });
}

/** A part of the section for each round trip, under a heading of its own. */
export function byRoundTrip<Cell extends TellCell>(
  cells: readonly Cell[],
  render: (own: readonly Cell[]) => Content,
): readonly Content[] {
  return [...Map.groupBy(cells, (cell) => cell.roundTripNs)].map(([roundTripNs, own]) => [
    heading(
      3,
      roundTripNs === undefined
        ? 'Without a round trip'
        : `Over a round trip of ${formatSetting(roundTripNs, 'ns')}`,
    ),
    render(own),
  ]);
}
