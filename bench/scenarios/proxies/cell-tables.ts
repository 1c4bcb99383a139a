// The cells as two tables, a row an arm: how streams arrive and how long they are left alone, and
// what becomes of bytes, of a client that stops reading and of clients while the server restarts.

import { armName } from '../../contract/arms/arms.ts';
import type { Plan } from '../../contract/run-file.ts';
import { left, right, table, type Table } from '../../report/blocks.ts';
import {
  formatCount,
  formatDifference,
  formatSetting,
  formatValue,
  UNKNOWN,
} from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import type { ExchangeChanges } from './exchange-changes.ts';
import type { ArmCells, Cut, Happening, LibraryRestart, Stall } from './findings.ts';

interface Column {
  readonly title: string;
  readonly cellOf: (cells: ArmCells) => string;
}

export function arrivalTable(plan: Pick<Plan, 'arms'>, all: readonly ArmCells[]): Table {
  return tableOf(plan, all, arrivals);
}

export function failureTable(plan: Pick<Plan, 'arms'>, all: readonly ArmCells[]): Table {
  return tableOf(plan, all, failures);
}

function tableOf(
  { arms }: Pick<Plan, 'arms'>,
  all: readonly ArmCells[],
  columns: readonly Column[],
): Table {
  const rows = arms.flatMap((arm) => {
    const cells = all.find((one) => one.arm === armName(arm));
    return cells === undefined
      ? []
      : [[armName(arm), ...columns.map(({ cellOf }) => cellOf(cells))]];
  });
  return table([left('arm'), ...columns.map(({ title }) => right(title))], rows);
}

const arrivals: readonly Column[] = [
  {
    title: 'connects',
    cellOf: ({ trials, asked, accepted }) =>
      trials === 0
        ? 'not measured'
        : accepted === asked
          ? 'yes'
          : accepted === 0
            ? '**no**'
            : `${formatCount(accepted)} of ${formatCount(asked)}`,
  },
  { title: 'first token', cellOf: ({ firstTokenNs }) => formatValue(firstTokenNs, 'ns') },
  { title: 'later by', cellOf: ({ added }) => formatDifference(added.firstTokenNs, 'ns') },
  { title: 'delivery p50 later by', cellOf: ({ added }) => formatDifference(added.p50Ns, 'ns') },
  { title: 'p99 later by', cellOf: ({ added }) => formatDifference(added.p99Ns, 'ns') },
  {
    title: 'tokens a read',
    cellOf: ({ tokensPerRead }) =>
      tokensPerRead === undefined ? UNKNOWN : tokensPerRead.toFixed(2),
  },
  { title: 'held to the end', cellOf: (cells) => heldText(cells) },
  { title: 'stop, active', cellOf: ({ stopActive }) => shortReach(stopActive) },
  { title: 'stop, quiet', cellOf: ({ stopQuiet }) => shortReach(stopQuiet) },
  { title: 'quiet stream cut', cellOf: ({ quiet }) => shortCut(quiet) },
  { title: 'long stream cut', cellOf: ({ long }) => shortCut(long) },
];

const failures: readonly Column[] = [
  { title: 'told when refused', cellOf: ({ refusedWith }) => words(refusedWith) },
  { title: 'taken for a stalled reader', cellOf: ({ stall }) => stallCell(stall) },
  { title: 'response changed', cellOf: ({ changes }) => changesCell(changes) },
  { title: 'told while the server restarts', cellOf: restartCell },
  {
    title: 'client libraries after it',
    cellOf: ({ libraries }) =>
      libraries.length === 0 ? UNKNOWN : libraries.map(libraryCell).join('; '),
  },
];

function words(causes: readonly string[]): string {
  return causes.length === 0 ? UNKNOWN : causes.map(code).join(', ');
}

function restartCell({ accepted: before, restart }: ArmCells): string {
  const { asked, accepted, told, endsForGood } = restart;
  // The restart changes nothing where every stream is refused.
  if (asked === 0 || before === 0) return UNKNOWN;
  if (accepted === asked) return 'waits';
  return endsForGood ? `**${words(told)}**` : words(told);
}

function libraryCell({ client, of, back, gaveUp, backAfterNs }: LibraryRestart): string {
  const isAlways = (times: number): boolean => times === of;
  if (isAlways(gaveUp)) return `${client} **gives up**`;
  if (isAlways(back)) return `${client} back after ${formatValue(backAfterNs, 'ns')}`;
  if (gaveUp === 0 && back === 0) return `${client} **not back**`;
  return `${client} back in ${formatCount(back)} and gives up in ${formatCount(gaveUp)} of ${formatCount(of)}`;
}

function stallCell({ of, unbounded, swallowedBytes }: Stall): string {
  if (of === 0) return UNKNOWN;
  const bytes = formatValue(swallowedBytes, 'bytes');
  if (unbounded === of) return `**all ${bytes}**`;
  return unbounded === 0
    ? bytes
    : `${bytes}, **all** in ${formatCount(unbounded)} of ${formatCount(of)}`;
}

function changesCell(changes: ExchangeChanges | undefined): string {
  if (changes === undefined) return UNKNOWN;
  const { added, removed, altered, chunks, isChunkedAnew, coding, keepsBody } = changes;
  const parts = [
    ...added.map((name) => code(`+${name}`)),
    ...removed.map((name) => code(`-${name}`)),
    ...altered.map((name) => code(`~${name}`)),
    ...(chunks !== undefined && isChunkedAnew
      ? [`${formatCount(chunks.sent)} → ${formatCount(chunks.arrived)} chunks`]
      : []),
    ...(coding === undefined ? [] : [`**${coding}**`]),
    ...(keepsBody || coding !== undefined ? [] : ['**another body**']),
  ];
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

function heldText({ accepted, firstTokenNs, isHeld }: ArmCells): string {
  if (accepted === 0 || firstTokenNs === undefined) return UNKNOWN;
  return isHeld ? '**yes**' : 'no';
}

function shortReach({ of, seen, afterNs, notWithinNs }: Happening): string {
  if (of === 0) return UNKNOWN;
  return seen === 0 ? `**> ${formatSetting(notWithinNs ?? 0, 'ns')}**` : formatValue(afterNs, 'ns');
}

function shortCut({ of, seen, afterNs, notWithinNs }: Cut): string {
  if (of === 0) return UNKNOWN;
  return seen === 0
    ? `no (> ${formatSetting(notWithinNs ?? 0, 'ns')})`
    : `**${formatValue(afterNs, 'ns')}**`;
}
