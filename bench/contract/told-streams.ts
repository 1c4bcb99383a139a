// Streams that a scenario plans by itself, to which their clients do something while they run, each in
// one of the ways of its transport. A stream of few tokens is quiet, one of many is active.

import { NS_PER_S } from './units.ts';

export const streamStates = ['active', 'quiet'] as const;

export type StreamState = (typeof streamStates)[number];

/** A stream to request. */
export interface ToldStream {
  readonly tokens: number;
  readonly tokensPerSecond: number;
  readonly seed: number;
  /** Ns since T0. */
  readonly openNs: number;
}

interface Turns {
  readonly turns: number;
  /** Ns since T0. */
  readonly fromNs: number;
  readonly forNs: number;
}

interface PlacedCell<Cell> {
  readonly cell: Cell;
  readonly turn: number;
  readonly openNs: number;
}

/**
 * Streams of all cells in turn, evenly over the time, so that each meets what the machine does
 * meanwhile alike.
 */
export function placeCells<Cell>(
  cells: readonly Cell[],
  { turns, fromNs, forNs }: Turns,
): readonly PlacedCell<Cell>[] {
  return Array.from({ length: turns }, (_, turn) =>
    cells.map((_cell, place) => ({
      // Each turn begins with another cell.
      cell: cells[(place + turn) % cells.length] as Cell,
      turn,
      openNs: fromNs + (forNs * (turn * cells.length + place)) / (turns * cells.length),
    })),
  ).flat();
}

/** Streams that run on beyond the trial have tokens for so much longer. */
const SPARE_NS = 2 * NS_PER_S;

/** Tokens that a stream has which is still to run after this time. */
export function tokensBeyond(longestNs: number, tokensPerSecond: number): number {
  return Math.ceil((tokensPerSecond * (longestNs + SPARE_NS)) / NS_PER_S);
}
