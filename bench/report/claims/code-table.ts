// Counted code as a table: what each minimal client and server consists of, and the cases it passes.

import {
  passedCases,
  type CodeMeasure,
  type CodeProgram,
  type MeasuredProgram,
} from '../../contract/code-measure.ts';
import { left, right, table, type Table } from '../blocks.ts';
import { formatCount, UNKNOWN } from '../format.ts';

const transportTitles: Record<CodeProgram['transport'], string> = {
  sse: 'SSE',
  'sse-post': 'SSE after POST',
  ws: 'WebSocket',
};

export function codeTable(programs: readonly MeasuredProgram[]): Table {
  return table(
    [
      left('transport'),
      left('program'),
      right('lines'),
      right('branches'),
      right('packages, all'),
      right('minified'),
      right('gzip'),
      right('Brotli'),
      right('fault cases'),
      right('conformance'),
    ],
    programs.map((program) => {
      const { transport, title, file, size, conformance, faults } = program;
      const sum = (key: 'lines' | 'branches'): string =>
        formatCount(size.files.reduce((total, counted) => total + counted[key], 0));
      return [
        transportTitles[transport],
        `[${title}](../${file})`,
        sum('lines'),
        sum('branches'),
        size.packages.length === 0 ? '0' : `${size.packages.join(', ')}; ${size.allPackages}`,
        formatBytes(size.minifiedBytes),
        formatBytes(size.gzipBytes),
        formatBytes(size.brotliBytes),
        `${passedCases(faults).size} of ${countCases(program)}`,
        conformance.passed.length + conformance.failed.length === 0
          ? UNKNOWN
          : `${conformance.passed.length} of ${conformance.passed.length + conformance.failed.length}`,
      ];
    }),
  );
}

const formatBytes = (bytes: number): string => `${formatCount(bytes)} B`;

function countCases({ faults }: MeasuredProgram): number {
  return Math.max(0, ...faults.map(({ passed, failed }) => passed.length + failed.length));
}

/** One line for each program that fails any, with the ways in which it was tried. */
export function failedCases({ clients, servers }: CodeMeasure): readonly string[] {
  return [...clients, ...servers].flatMap(({ title, transport, conformance, faults }) => {
    const tried = [...faults, conformance].filter(({ failed }) => failed.length > 0);
    const ways = Map.groupBy(tried, ({ failed }) => failed.map(({ name }) => name).join('; '));
    if (ways.size === 0) return [];
    const words = Array.from(
      ways,
      ([names, those]) => `${those.map(({ how }) => how).join(' and ')}: ${names}`,
    );
    return [`${transportTitles[transport]}, ${title}: ${words.join('. ')}.`];
  });
}
