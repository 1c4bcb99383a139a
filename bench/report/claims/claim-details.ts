// What stands below the table, a claim: what it can mean, the evidence row by row with its run, and
// what would change the answer.

import { claimRuns, runCommand } from '../../claims/claim-runs.ts';
import type { ClaimReading, Evidence, MeaningReading } from '../../claims/claim-reading.ts';
import { details, heading, left, list, table, type Content, type Table } from '../blocks.ts';
import { code } from '../inline.ts';
import {
  bearingTones,
  claimTitle,
  evidenceWords,
  isDecisive,
  meaningNames,
  verdictNames,
} from './claim-words.ts';
import type { ClaimsContext } from './claims-context.ts';
import { figureText } from './figure-text.ts';

type RunNames = Pick<ClaimsContext, 'pathOf' | 'labelOf'>;

/** More rows are folded. */
const MOST_ROWS = 8;

export function claimDetails(
  { claim, verdict, condition, meanings, tests }: ClaimReading,
  context: RunNames,
): Content {
  const evidence = meanings.flatMap((meaning) => meaning.evidence);
  const rows = evidenceTable(meanings, context);
  const summary = `${evidence.length} rows of evidence, ${evidence.filter(isDecisive).length} of them decide`;
  return [
    heading(2, claimTitle(claim)),
    claim.says,
    `**${verdictNames[verdict]}**: ${condition}.`,
    'It can mean that',
    list(
      meanings.map(({ meaning, bearing }) => {
        const why = meaning.unmeasured === undefined ? '' : ` (${meaning.unmeasured})`;
        return `${meaning.says} (${meaning.name}): **${meaningNames[bearing]}**${why}`;
      }),
    ),
    evidence.length > MOST_ROWS ? details(summary, rows) : rows,
    tests > 1
      ? `${tests} tests bear on it: what is shown has p < 0.05 after the correction of its run and of these.`
      : '',
    `What would change the answer: ${claim.flips}`,
    measuredBy(claim),
  ];
}

function measuredBy({ runs, meanings }: ClaimReading['claim']): string {
  const isCounted = meanings.some(({ sources }) => sources.some(({ kind }) => kind === 'code'));
  const commands = [...runs.map(commandOf), ...(isCounted ? [code('npm run bench:code')] : [])];
  return commands.length === 0 ? '' : `Measured by ${commands.join(', ')}.`;
}

function commandOf(id: ClaimReading['claim']['runs'][number]): string {
  return code(runCommand(claimRuns[id]));
}

export function evidenceTable(meanings: readonly MeaningReading[], names: RunNames): Table {
  return table(
    [
      left('meaning'),
      left('condition'),
      left('endpoint'),
      left('figure [95 % CI]'),
      left('what this says'),
      left('run'),
    ],
    meanings.flatMap(({ meaning, evidence }) =>
      evidence.map((row) => [
        meaning.name,
        row.condition,
        endpointText(row),
        figureText(row.figure),
        { text: evidenceWords(row), isStrong: isDecisive(row), tone: bearingTones[row.bearing] },
        placeText(row, names),
      ]),
    ),
  );
}

function endpointText({ place, figure }: Evidence): string {
  if (place.kind === 'run') return `${code(place.endpoint)} of ${place.scenario}`;
  return figure?.kind === 'code'
    ? `code of ${figure.less.title} against ${figure.than.title}`
    : 'code';
}

function placeText({ place }: Evidence, names: RunNames): string {
  return place.kind === 'run'
    ? runLink(place.folder, names)
    : `${code('npm run bench:code')}, ${place.measuredAt.slice(0, 10)}`;
}

export function runLink(folder: string, { pathOf, labelOf }: RunNames): string {
  return `[${labelOf(folder)}](${encodeURI(pathOf(folder))}/report.md)`;
}
