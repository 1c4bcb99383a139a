// Writes joined runs: the verdict over the occasions, the runs' own verdicts beside it, and the
// varied conditions.

import type { Verdict } from '../../analysis/analysis.ts';
import type { Condition } from '../../analysis/occasions/conditions.ts';
import type {
  ComparedArms,
  JoinedComparison,
  JoinedCondition,
  JoinedRuns,
  SensitivityCell,
} from '../../analysis/occasions/joined-runs.ts';
import { paths } from '../../contract/arms/paths.ts';
import { loadPointKey } from '../../contract/load-point.ts';
import {
  formatCount,
  formatDifferenceEstimate,
  formatP,
  formatPercent,
  formatRatio,
  formatSetting,
  formatValue,
  UNKNOWN,
} from '../format.ts';
import {
  details,
  flow,
  heading,
  left,
  list,
  right,
  section,
  table,
  type Block,
  type Content,
  type Table,
} from '../blocks.ts';
import { renderMarkdown } from '../formats/markdown.ts';
import { code } from '../inline.ts';
import { loadWords } from '../report-context.ts';
import { chartFigures, type ChartLink } from '../sections/chart-links.ts';
import { verdictLabel } from '../verdict-words.ts';

/** As Markdown: the same runs give the same text, to the byte. */
export function renderJoinedRuns(joined: JoinedRuns): string {
  return `${renderMarkdown(joinedBlocks(joined))}\n`;
}

/** @param charts That of planOccasions, for a format that shows it. */
export function joinedBlocks(
  joined: JoinedRuns,
  charts: readonly ChartLink[] = [],
): readonly Block[] {
  const { main, variations, checked, warnings } = joined;
  const conditions = [main, ...variations];
  return flow([
    heading(1, titleOf(main)),
    section('Verdicts over the occasions', [chartFigures(charts), renderTables(main, checked)]),
    section('What was varied', [renderSensitivity(joined)]),
    ...variations
      .filter(({ runs }) => runs.length > 1)
      .map((variation) =>
        section(
          `Verdicts with ${conditionWords(variation.condition)}`,
          renderTables(variation, checked),
        ),
      ),
    section('The runs', [renderRuns(conditions), list(warnings)]),
    howToRead,
    section('Repeat it', [
      'Each at another time; without `--seed` it draws another workload and order.',
      list(conditions.flatMap(({ runs }) => runs.map(({ command }) => code(command)))),
    ]),
  ]);
}

function titleOf({ runs, comparisons }: JoinedCondition): string {
  const arms = [
    ...new Set(comparisons.flatMap(({ baselineTitle, otherTitle }) => [baselineTitle, otherTitle])),
  ];
  return `${arms.join(' or ')}? ${occasionWords(runs.length)}`;
}

function occasionWords(count: number): string {
  return count === 1 ? 'one occasion' : `${count} occasions`;
}

function conditionWords({ pin, path }: Condition): string {
  return `${pin ? 'pinned' : 'not pinned'}, path ${path}`;
}

function renderTables({ comparisons }: JoinedCondition, checked: string): Content {
  return byPlace(comparisons).map((own) => {
    const [{ otherTitle, baselineTitle, loadPoint }] = own as [JoinedComparison];
    return [
      heading(3, `${otherTitle} against ${baselineTitle}, ${loadWords(loadPoint)}`),
      renderVerdicts(own),
      checked,
      list(own.map(({ sentence }) => sentence)),
      details('The statistics behind these verdicts', renderStatistics(own)),
      details('Occasion by occasion', renderOccasions(own)),
    ];
  });
}

/** One group for each load point and pair of arms, in their order. */
function byPlace<Row extends ComparedArms & Pick<JoinedComparison, 'loadPoint'>>(
  rows: readonly Row[],
): readonly (readonly Row[])[] {
  const places = Map.groupBy(rows, ({ loadPoint, baselineTitle, otherArm }) =>
    [loadPointKey(loadPoint), otherArm, baselineTitle].join(' | '),
  );
  return [...places.values()];
}

function renderVerdicts(own: readonly JoinedComparison[]): Table {
  const columns = [
    left('endpoint'),
    right('effect [95 % CI over occasions]'),
    left('verdict over occasions'),
    left('verdicts of the runs'),
  ];
  const rows = own.map((one) => [
    one.title,
    effectText(one),
    verdictText(one, one.verdict) +
      (one.occasionsNeeded === undefined ? '' : ` (≈ ${one.occasionsNeeded} occasions)`),
    verdictsText(
      one,
      one.occasions.map(({ verdict }) => verdict),
    ),
  ]);
  return table(columns, rows);
}

function effectText({
  ratio,
  difference,
  unit,
}: Pick<JoinedComparison, 'ratio' | 'difference' | 'unit'>): string {
  return ratio === undefined ? formatDifferenceEstimate(difference, unit) : formatRatio(ratio);
}

function verdictText(
  { baselineTitle, otherTitle, otherArm, margin }: ComparedArms,
  verdict: Verdict,
): string {
  const titleOfArm = (arm: string): string => (arm === otherArm ? otherTitle : baselineTitle);
  if (verdict.kind === 'exact')
    return verdict.favours === undefined
      ? 'exact'
      : `exact: ${titleOfArm(verdict.favours)} smaller`;
  return verdictLabel(verdict, titleOfArm, margin);
}

/** `3 × equivalent`, or `2 × equivalent, 1 × inconclusive`. */
function verdictsText(arms: ComparedArms, verdicts: readonly Verdict[]): string {
  const [only, ...others] = verdicts;
  if (only !== undefined && others.length === 0) return verdictText(arms, only);
  const groups = Map.groupBy(verdicts, (verdict) => verdictText(arms, verdict));
  return [...groups].map(([words, { length }]) => `${length} × ${words}`).join(', ');
}

function renderStatistics(own: readonly JoinedComparison[]): Table {
  const columns = [
    left('endpoint'),
    right('difference [95 % CI over occasions]'),
    left('negligible within'),
    right('occasions'),
    right('sd between occasions'),
    right('sd within (blocks)'),
    right('p (t over occasions)'),
    right('p (Holm)'),
    right('p equivalence (Holm)'),
  ];
  const rows = own.map((one) => [
    one.endpoint === undefined ? one.title : `${one.endpoint} ${one.title}`,
    formatDifferenceEstimate(one.difference, one.unit),
    marginWords(one),
    formatCount(one.occasions.length),
    spreadText(one, one.spread?.between),
    spreadText(one, one.spread?.within),
    formatP(one.p),
    formatP(one.adjustedP),
    formatP(one.adjustedTostP),
  ]);
  return table(columns, rows);
}

/** A small deviation of logarithms is nearly the same share of the ratio. */
function spreadText({ spread, unit }: JoinedComparison, deviation: number | undefined): string {
  return spread?.scale === 'ratio' ? formatPercent(deviation) : formatValue(deviation, unit);
}

function marginWords({ margin: { ratio, absolute }, unit }: JoinedComparison): string {
  const words = [
    ...(ratio === undefined ? [] : [formatSetting(ratio, 'ratio')]),
    ...(absolute === undefined ? [] : [formatSetting(absolute, unit)]),
  ];
  return words.length === 0 ? UNKNOWN : words.join(' or ');
}

function renderOccasions(own: readonly JoinedComparison[]): Table {
  const columns = [
    left('endpoint'),
    left('run'),
    right('blocks'),
    right('effect [95 % CI]'),
    left('its own verdict'),
  ];
  const rows = own.flatMap((one) =>
    one.occasions.map(({ folder, blocks, ratio, difference, verdict }) => [
      one.title,
      folder,
      formatCount(blocks),
      effectText({ ratio, difference, unit: one.unit }),
      verdictText(one, verdict),
    ]),
  );
  return table(columns, rows);
}

function renderSensitivity({ sensitivity, main, variations, checked }: JoinedRuns): Content {
  if (sensitivity.length === 0) return [];
  const headings = [main, ...variations].map(
    ({ condition, runs }) => `${conditionWords(condition)} (${occasionWords(runs.length)})`,
  );
  const columns = [
    left('endpoint'),
    ...headings.flatMap((heading, index) => {
      const own = [right(heading), left('verdict')];
      return index === 0 ? own : own.concat(left('does it hold?'));
    }),
  ];
  const ways = [...new Set([main, ...variations].map(({ condition }) => condition.path))];
  return [
    ...byPlace(sensitivity).map((rows) => {
      const [{ otherTitle, baselineTitle, loadPoint }] = rows as [(typeof rows)[number]];
      const cells = rows.map((row) => [
        row.title,
        ...row.cells.flatMap((cell) => cellTexts(cell, row)),
      ]);
      return [
        heading(3, `${otherTitle} against ${baselineTitle}, ${loadWords(loadPoint)}, by condition`),
        table(columns, cells),
      ];
    }),
    ways.length === 1 ? [] : list(ways.map((path) => `Path ${path} (${paths[path].summary}).`)),
    checked,
  ];
}

function cellTexts(
  cell: SensitivityCell,
  row: ComparedArms & Pick<JoinedComparison, 'unit'>,
): string[] {
  const { ratio, difference, verdicts, outcome } = cell;
  return [
    effectText({ ratio, difference, unit: row.unit }),
    verdictsText(row, verdicts),
    ...(outcome === undefined ? [] : [outcomeWords[outcome]]),
  ];
}

const outcomeWords: Record<NonNullable<SensitivityCell['outcome']>, string> = {
  kept: 'yes',
  changed: '**no: another claim**',
  open: 'open',
};

function renderRuns(conditions: readonly JoinedCondition[]): Table {
  const columns = [
    left('run'),
    left('started'),
    left('condition'),
    right('seed'),
    left('plan SHA-256'),
  ];
  const rows = conditions.flatMap(({ condition, runs }) =>
    runs.map(({ folder, startedAt, seed, planSha256 }) => [
      folder,
      `${startedAt.slice(0, 16).replace('T', ' ')} UTC`,
      conditionWords(condition),
      String(seed),
      code(planSha256.slice(0, 12)),
    ]),
  );
  return table(columns, rows);
}

const howToRead = section('How to read this', [
  list([
    'The unit is the occasion: each run counts as one value, the mean over its blocks, and the interval is Student’s t over these values. It contains what differs from one hour to another. With three occasions it reaches 4.3 standard errors to either side, with five 2.8.',
    'The verdict over occasions follows the rules of a run, Holm’s correction over all endpoints and load points included. One arm is better only if the difference had the same sign at every occasion.',
    'The verdict of a run holds for its hour. Where all runs make the same claim and the verdict over occasions is undecided, the claim was repeated, but the occasions are too few to say what another hour would show.',
    'The deviation between occasions is what is left of the spread of their means when that of the blocks is taken off; with few occasions it is a rough figure.',
    'A verdict holds under a varied condition where both make the same claim; “open” says that one side makes none. A single run under a condition differs in its hour too: another claim asks for a second run.',
  ]),
]);
