// `npm run bench:self [-- NAME... --rounds N]`: the benchmark of the harness itself, most of it as
// ratios within one run: an absolute number of a shared machine means little. Prints a Markdown
// table and exits with 1 when a limit is missed.

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { BenchError, exitCodeOf, messageOf } from '../contract/errors.ts';
import { parseCount, pickName } from '../plan/quantities.ts';
import { busyFirst } from './rows/busy-first.ts';
import { memory } from './rows/memory.ts';
import { overheadRows } from './rows/overhead.ts';
import { pacer } from './rows/pacer.ts';
import { probeEpoll } from './rows/probe-epoll.ts';
import { probeInflate } from './rows/probe-inflate.ts';
import { probeLibrary } from './rows/probe-library.ts';
import { probeTransports } from './rows/probe-transports.ts';
import { searchWindow } from './rows/search-window.ts';
import { renderRows } from './rows/render-rows.ts';
import { stateOf, type Row, type RowGroup } from './rows/row.ts';
import { twinBare } from './rows/twin-bare.ts';

const groups: readonly RowGroup[] = [
  probeLibrary,
  probeTransports,
  probeEpoll,
  probeInflate,
  memory,
  twinBare,
  busyFirst,
  pacer,
  searchWindow,
];
const DEFAULT_ROUNDS = '5';
const MAX_ROUNDS = 100;

function readArguments(): { readonly rounds: number; readonly chosen: readonly RowGroup[] } {
  const { values, positionals } = parseWords();
  const names = groups.map(({ name }) => name);
  const chosen = positionals.map((name) => pickName('row', name, names));
  return {
    rounds: parseCount('--rounds', values.rounds, 1, MAX_ROUNDS),
    chosen: groups.filter(({ name }) => chosen.length === 0 || chosen.includes(name)),
  };
}

function parseWords() {
  try {
    return parseArgs({
      options: { rounds: { type: 'string', default: DEFAULT_ROUNDS } },
      allowPositionals: true,
    });
  } catch (cause) {
    throw new BenchError('USAGE', messageOf(cause), { cause });
  }
}

/** A failure becomes a row too: the other rows took too long to be lost with it. */
async function measureGroup({ name, measure }: RowGroup, rounds: number): Promise<readonly Row[]> {
  try {
    return await measure(rounds);
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return [{ what: name, value: undefined, unit: '', note: error.message, isFailure: true }];
  }
}

async function main(): Promise<void> {
  const { rounds, chosen } = readArguments();
  const rows: Row[] = [];
  for (const group of chosen) rows.push(...(await measureGroup(group, rounds)));
  rows.push(...overheadRows());
  process.stdout.write(
    `${renderRows(rows)}\n\n${cpus()[0]?.model.trim()}, ${cpus().length} CPUs, Node ${process.version}\n`,
  );
  process.exitCode = rows.map(stateOf).some((state) => state === 'MISSED' || state === 'FAILED')
    ? 1
    : 0;
}

try {
  await main();
} catch (error) {
  const isBug = !(error instanceof BenchError);
  process.stderr.write(
    `error: ${isBug ? ((error as Error).stack ?? String(error)) : [error.message, error.hint ?? ''].filter((line) => line !== '').join('\n')}\n`,
  );
  process.exitCode = exitCodeOf(error);
}
