// Renders the results of the selftest: for each known effect the injection, the expected finding
// and the actual one, for a reader who knows the question but not the method.

import { transports } from '../contract/arms/transports.ts';
import { left, section } from '../report/blocks.ts';
import { flow, heading, table } from '../report/blocks.ts';
import { renderMarkdown } from '../report/formats/markdown.ts';
import { code } from '../report/inline.ts';
import { layOutRow, wrap, type TextColumn } from '../report/text-layout.ts';
import { TERMINAL_COLUMNS, type Paint } from '../report/paint.ts';
import type { Finding } from './finding.ts';
import { hasPassed, type CheckResult } from './run-experiment.ts';

const columns: readonly TextColumn[] = [
  { width: 2, align: 'left' },
  { width: 34, align: 'left' },
  { width: 24, align: 'left' },
  { width: 34, align: 'left' },
];

const outcomeWords: Record<Finding['outcome'], string> = {
  passed: '',
  failed: 'FAILED',
  'too-noisy': 'TOO NOISY',
};

/** Renders one check, as soon as its result is known. */
export function renderCheck(result: CheckResult, paint: Paint): string {
  const { check, transport, findings } = result;
  const mark = hasPassed(result) ? paint('green', '✓') : paint('red', '✗');
  const title = `${mark} ${paint('bold', `${transports[transport].title}: ${check.title}`)} (${check.injected})`;
  const rows = findings.flatMap(({ subject, expected, found, outcome }) => {
    const words = outcome === 'passed' ? found : `${found}  ${outcomeWords[outcome]}`;
    return layOutRow(columns, ['', subject, expected, words], (text) =>
      outcome === 'passed' ? text : paint('red', text),
    );
  });
  const why = hasPassed(result)
    ? []
    : wrap(check.explanation, TERMINAL_COLUMNS - 4).map((line) => `    ${line}`);
  return [title, ...rows, ...why].join('\n');
}

export function renderColumns(paint: Paint): string {
  return layOutRow(columns, ['', 'looked at', 'must be', 'found [99.9 % interval]'], (text) => text)
    .map((line) => paint('dim', line))
    .join('\n');
}

export function renderEnd(
  results: readonly CheckResult[],
  reportPath: string,
  paint: Paint,
): string {
  const failed = results.filter((result) => !hasPassed(result));
  const noisy = results.some(({ findings }) =>
    findings.some(({ outcome }) => outcome === 'too-noisy'),
  );
  const lines =
    failed.length === 0
      ? [
          paint(
            'green',
            `The harness found all of ${results.length} known effects, and nothing else.`,
          ),
        ]
      : [
          paint(
            'red',
            `${failed.length} of ${results.length} known effects were not found as they were injected.`,
          ),
          ...wrap(
            noisy
              ? 'Where it says TOO NOISY, this machine was too restless for the effect: stop other programs and repeat.'
              : 'Do not trust a measurement of this machine before it is known why.',
            TERMINAL_COLUMNS,
          ),
        ];
  return [...lines, '', `report: ${reportPath}`].join('\n');
}

export interface SelftestText {
  readonly command: string;
  readonly startedAt: string;
  readonly streamduel: string;
  readonly node: string;
  readonly gitCommit: string | undefined;
}

export function renderSelftestMarkdown(
  results: readonly CheckResult[],
  text: SelftestText,
): string {
  const passed = results.filter(hasPassed).length;
  const version = `streamduel ${text.streamduel}${text.gitCommit === undefined ? '' : ` (${text.gitCommit})`}, Node ${text.node}`;
  const blocks = flow([
    heading(1, 'Selftest: does the harness find what was put in?'),
    `${passed} of ${results.length} known effects were found as they were injected, and nothing else. ${version}, started ${text.startedAt}.`,
    'Each effect is injected into one of two otherwise equal arms and must come out of the same measurement and the same analysis that every run uses.' +
      ' Intervals are 99.9 %, so that chance fails one selftest in about thirty. An effect counts as found when its interval holds what was injected,' +
      ' by the account of what injected it (where that is known to a tenth only, the line says so), and as too noisy when the interval reaches farther than two fifths of it to either side.',
    `Repeat it with: ${code(text.command)}`,
    ...results.map((result) =>
      section(
        `${hasPassed(result) ? '✓' : '✗'} ${transports[result.transport].title}: ${result.check.title}`,
        [
          `Injected: ${result.check.injected}. ${result.check.explanation}`,
          table(
            [left('looked at'), left('must be'), left('found'), left('')],
            result.findings.map(({ subject, expected, found, outcome }) => [
              subject,
              expected,
              found,
              {
                text: outcome === 'passed' ? 'passed' : outcomeWords[outcome],
                isStrong: outcome !== 'passed',
              },
            ]),
          ),
        ],
      ),
    ),
  ]);
  return `${renderMarkdown(blocks)}\n`;
}
