// Says in words what a path did to the streams of an arm, from its cells alone.

import { formatCount, formatSetting, formatValue } from '../../report/format.ts';
import { code } from '../../report/inline.ts';
import { listWords } from '../../report/mechanisms.ts';
import type { ArmCells, Cut, Happening } from './findings.ts';

/** Settings of the plan that a sentence needs. */
export interface Words {
  readonly idleScale: number;
}

/** Predicates after the name of an arm, joined. */
export function describeCells(cells: ArmCells, words: Words): string {
  if (cells.trials === 0) return 'no trial was measured';
  if (cells.accepted === 0) return refusalText(cells);
  return [
    ...(cells.accepted < cells.asked
      ? [
          `${formatCount(cells.accepted)} of ${formatCount(cells.asked)} streams are accepted (the others: ${cells.refusals.map(code).join(', ')})`,
        ]
      : []),
    arrivalText(cells),
    stopText(cells),
    ...cutTexts(cells, words),
    ...stallText(cells),
    ...changesText(cells),
    ...restartText(cells),
    ...libraryTexts(cells),
  ].join('; ');
}

function refusalText({ refusals }: ArmCells): string {
  return `no stream is accepted: the client is told ${refusals.map(code).join(', ')}`;
}

function arrivalText({ isHeld, firstTokenNs, added, tokensPerRead }: ArmCells): string {
  if (firstTokenNs === undefined) return 'streams are accepted, and no token comes';
  if (isHeld)
    return `a stream is held back whole: its first token comes after ${formatValue(firstTokenNs, 'ns')}, with all others`;
  const later = added.firstTokenNs === undefined ? '' : `, ${laterText(added.firstTokenNs)}`;
  const delivery =
    added.p50Ns === undefined
      ? ''
      : `, and the others ${laterText(added.p50Ns)} (p50)${added.p99Ns === undefined ? '' : ` and ${laterText(added.p99Ns)} (p99)`}`;
  const reads =
    tokensPerRead === undefined || tokensPerRead < 1.05
      ? ''
      : `, ${tokensPerRead.toFixed(1)} tokens a read`;
  return `the first token comes after ${formatValue(firstTokenNs, 'ns')}${later}${delivery}${reads}`;
}

/** `1.20 ms later than over loopback`. */
function laterText(ns: number): string {
  return ns < 0
    ? `${formatValue(-ns, 'ns')} sooner than over loopback`
    : `${formatValue(ns, 'ns')} later than over loopback`;
}

function stopText({ stopQuiet, stopActive }: ArmCells): string {
  return `a stop by the client reaches the server on an active stream ${reachText(stopActive)} and on a quiet one ${reachText(stopQuiet)}`;
}

/** `after 1.00 ms`, `not within 16.0 s`; with both, in how many trials. */
function reachText({ of, seen, afterNs, notWithinNs }: Happening): string {
  if (of === 0)
    return 'after a time that is not known, because the stream had not begun or was over';
  const after = `after ${formatValue(afterNs, 'ns')}`;
  const never = `not within ${formatSetting(notWithinNs ?? 0, 'ns')}`;
  if (seen === 0) return never;
  return seen === of ? after : `${after} (in ${seen} of ${of} trials; otherwise ${never})`;
}

function restartText({ restart }: ArmCells): readonly string[] {
  const { outageNs, asked, accepted, told, endsForGood } = restart;
  if (asked === 0 || outageNs === undefined) return [];
  const during = `while the server restarts (${formatSetting(outageNs, 'ns')})`;
  if (accepted === asked) return [`${during} every request waits, and is answered when it is back`];
  const waited =
    accepted === 0
      ? ''
      : ` (${formatCount(accepted)} of ${formatCount(asked)} wait, and are answered when it is back)`;
  const end = endsForGood ? ', after which an EventSource never tries again' : '';
  return [`${during} requests are told ${told.map(code).join(', ')}${waited}${end}`];
}

function cutTexts({ quiet, long }: ArmCells, { idleScale }: Words): readonly string[] {
  const scaled = idleScale === 1 ? '' : `, with limits of idle time divided by ${idleScale}`;
  return [
    ...cutText('a quiet stream', quiet, scaled),
    ...cutText('a stream with tokens now and then', long, ''),
  ];
}

function cutText(what: string, cut: Cut, scaled: string): readonly string[] {
  if (cut.of === 0) return [];
  if (cut.seen === 0)
    return [`${what} goes on for ${formatSetting(cut.notWithinNs ?? 0, 'ns')} and longer${scaled}`];
  return [
    `${what} is ended ${reachText(cut)}${scaled} (the client is told ${cut.told.map(code).join(', ')})`,
  ];
}

function stallText({ stall }: ArmCells): readonly string[] {
  const { of, unbounded, swallowedBytes, directBytes } = stall;
  if (of === 0) return [];
  const bytes = formatValue(swallowedBytes, 'bytes');
  const loopback =
    directBytes === undefined ? '' : ` (${formatValue(directBytes, 'bytes')} over loopback)`;
  return unbounded > 0
    ? [
        `a client that stops reading never holds the server back${unbounded === of ? '' : ` (in ${unbounded} of ${of} trials)`}: all ${bytes} are taken${loopback}`,
      ]
    : [`a client that stops reading holds the server back once ${bytes} are taken${loopback}`];
}

function changesText({ changes }: ArmCells): readonly string[] {
  if (changes === undefined) return [];
  const { added, removed, altered, chunks, isChunkedAnew, coding, keepsBody } = changes;
  const parts = [
    ...named('adds', added),
    ...named('takes away', removed),
    ...named('alters', altered),
    ...(chunks !== undefined && isChunkedAnew
      ? [`makes ${chunks.arrived} chunks of ${chunks.sent}`]
      : []),
    ...(coding === undefined ? [] : [`compresses the body (${code(coding)})`]),
    ...(keepsBody || coding !== undefined ? [] : ['alters the body']),
  ];
  return [
    parts.length === 0
      ? 'nothing of a response is changed'
      : `of a response it ${listWords(parts)}`,
  ];
}

function libraryTexts({ libraries }: ArmCells): readonly string[] {
  return libraries.map(({ client, of, back, gaveUp, backAfterNs, told }) => {
    const heard = told.length === 0 ? '' : ` (told ${told.map(code).join(', ')})`;
    if (gaveUp === of) return `client ${client} gives up for good${heard}`;
    if (back === of)
      return `client ${client} is back ${formatValue(backAfterNs, 'ns')} after it${heard}`;
    return `client ${client} is back in ${back} and gives up in ${gaveUp} of ${of} trials${heard}`;
  });
}

function named(verb: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${verb} ${listWords(names.map(code))}`];
}
