// Reads what counted code says for a meaning: whether some programs have less of it than others that
// pass the same cases. The margins were fixed before anything was counted (docs/method.md).

import {
  isInPage,
  passedCases,
  type CodeMeasure,
  type MeasuredProgram,
  type TriedCases,
} from '../../contract/code-measure.ts';
import type { Bearing, CodeCount, Evidence } from '../claim-reading.ts';
import type { CodeSource, Source } from '../claim.ts';

export function readCode(
  sources: readonly Source[],
  code: CodeMeasure | undefined,
): readonly Evidence[] {
  if (code === undefined) return [];
  return sources.flatMap((source) => (source.kind === 'code' ? [readOne(source, code)] : []));
}

function readOne({ less, than, condition }: CodeSource, code: CodeMeasure): Evidence {
  const [first, second] = [groupOf(less, code), groupOf(than, code)];
  const { bearing, reason } = compareCode(first, second);
  return {
    bearing,
    reason,
    condition,
    figure: { kind: 'code', less: first, than: second },
    place: { kind: 'code', programs: [...less, ...than], measuredAt: code.measuredAt },
  };
}

export interface CountedPrograms extends CodeCount {
  /** The trials with faults, for each of the programs. */
  readonly faults: readonly (readonly TriedCases[])[];
}

/** Programs together, such as a client and its server. @throws Error for one that is not counted */
export function groupOf(names: readonly string[], code: CodeMeasure): CountedPrograms {
  const programs = names.map((name) => programOf(name, code));
  const files = new Map(
    programs.flatMap(({ size }) => size.files.map((counted) => [counted.file, counted] as const)),
  );
  const sum = (key: 'lines' | 'branches'): number =>
    [...files.values()].reduce((total, counted) => total + counted[key], 0);
  return {
    title: programs.map(({ title }) => title).join(' with '),
    lines: sum('lines'),
    branches: sum('branches'),
    faults: programs.map(({ faults }) => faults),
  };
}

function programOf(name: string, { clients, servers }: CodeMeasure): MeasuredProgram {
  const [kind, id] = name.split(' ');
  const found = (kind === 'client' ? clients : servers).find((program) => program.id === id);
  if (found === undefined) throw new Error(`${name} is not among the counted programs`);
  return found;
}

/** At least this share and this many fewer, of both. */
const FEWER_SHARE = 0.25;
const FEWER_LINES = 10;
const FEWER_BRANCHES = 3;

type Side = 'first' | 'second' | 'neither';

interface Compared {
  readonly bearing: Bearing;
  readonly reason: string | undefined;
}

export function compareCode(first: CountedPrograms, second: CountedPrograms): Compared {
  const lines = fewer(first.lines, second.lines, FEWER_LINES);
  const branches = fewer(first.branches, second.branches, FEWER_BRANCHES);
  if (lines !== branches) return { bearing: 'open', reason: 'lines and branches do not agree' };
  if (lines === 'neither') return { bearing: 'equal', reason: undefined };
  const [smaller, larger] = lines === 'first' ? [first, second] : [second, first];
  const missing = missingCases(smaller, larger);
  if (missing.length > 0)
    return { bearing: 'open', reason: `less code that does less: ${missing.join('; ')}` };
  return { bearing: lines === 'first' ? 'supports' : 'refutes', reason: undefined };
}

function fewer(first: number, second: number, least: number): Side {
  const [few, many] = [Math.min(first, second), Math.max(first, second)];
  if (many - few < least || few > many * (1 - FEWER_SHARE)) return 'neither';
  return first < second ? 'first' : 'second';
}

/** Cases that the larger side passes and the smaller does not, part by part, where both run. */
function missingCases(smaller: CountedPrograms, larger: CountedPrograms): readonly string[] {
  return smaller.faults.flatMap((faults, index) => {
    const others = larger.faults[index] ?? [];
    const areBothInPage = [faults, others].every((tried) => tried.some(isInPage));
    const passed = ([faults, others] as const).map((tried) =>
      passedCases(areBothInPage ? tried : tried.filter((one) => !isInPage(one))),
    );
    return [...(passed[1] ?? [])].filter((name) => passed[0]?.has(name) !== true);
  });
}
