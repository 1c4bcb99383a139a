// What each factor does to the time of a turn: sentences, the table of effects, and how many round
// trips each is worth.

import { networkTitle } from '../../contract/turn-conditions.ts';
import {
  alert,
  heading,
  left,
  list,
  right,
  section,
  table,
  type Block,
  type Content,
  type Table,
} from '../../report/blocks.ts';
import {
  capitalised,
  formatCount,
  formatDifferenceEstimate,
  formatEstimate,
  formatSetting,
} from '../../report/format.ts';
import {
  armTitleOf,
  contendingPairs,
  isEqualArmsRun,
  verdictComparisons,
  type ReportContext,
} from '../../report/report-context.ts';
import type { RunReport } from '../../report/scenario-parts.ts';
import { renderNoiseFloor } from '../../report/sections/noise-floor.ts';
import { renderPair } from '../../report/sections/verdicts.ts';
import { TURN_MARGIN } from './effect-verdict.ts';
import type { NetworkEffects, RoundTrips, TurnEffect, TurnsFindings } from './findings.ts';
import {
  changeWords,
  factorSubject,
  factorTitle,
  levelWords,
  sizeWords,
  verdictWords,
} from './words.ts';

type Context = ReportContext<TurnsFindings>;
type Titles = Parameters<typeof factorTitle>[1];

export function titlesOf(
  { analysis }: Context,
  {
    baselineArm = analysis.baseline,
    otherArm,
  }: Partial<Pick<NetworkEffects, 'baselineArm' | 'otherArm'>>,
): Titles {
  return {
    baseline: armTitleOf(analysis, baselineArm),
    other: otherArm === undefined ? undefined : armTitleOf(analysis, otherArm),
  };
}

export function renderEffects(context: Context): readonly Block[] {
  const { networks } = context.analysis.turns;
  return section('What the connection, the state and the transport each save', [
    ...networks.map((network) => [
      heading(3, networkHeading(context, network)),
      network.doubts.length === 0
        ? []
        : alert('warning', ['No effect here has a verdict:', list(network.doubts)]),
      list(effectSentences(context, network)),
      effectsTable(context, network),
    ]),
    'A **main effect** is the mean over all levels of the other factors, from blocks that have every combination once; an **interaction** says how much larger the effect of one factor is where the other is at its second level (kept, only what is new, the other transport).' +
      ' Where two factors interact, the main effect of each is a mean of two different effects: the sentences above the table have them apart. This table is exploratory.',
  ]);
}

/** The declared effects of all networks, and then the transports alone. */
export function renderTurnVerdicts(context: RunReport<TurnsFindings>): Content {
  const { analysis } = context;
  if (isEqualArmsRun(analysis)) return section('Noise floor', [renderNoiseFloor(context)]);
  const declared = analysis.loadPoints.flatMap((point) =>
    contendingPairs(point).flatMap((pair) =>
      verdictComparisons(point, pair).length === 0 ? [] : [renderPair(context, point, pair)],
    ),
  );
  return section('Verdicts', [
    verdictTable(context, analysis.turns.networks),
    `Time of a turn after the first, median of a trial. Each row was declared before the run. Negligible within ${MARGIN_WORDS}, by intervals that hold for all rows together (Bonferroni); those shown hold for one.`,
    ...declared,
  ]);
}

const MARGIN_WORDS = `${formatSetting(TURN_MARGIN.ratio, 'ratio')} or ${formatSetting(TURN_MARGIN.absolute, 'ns')}`;

/** The declared effects: of one factor, where another is decided. */
function verdictTable(context: Context, networks: readonly NetworkEffects[]): Table {
  return table(
    [
      left('network'),
      left('effect'),
      left('where'),
      right('time of a turn [95 % CI]'),
      right('change [95 % CI]'),
      left('verdict'),
    ],
    networks.flatMap((network) => {
      const titles = titlesOf(context, network);
      return network.simple.map((effect) => [
        networkTitle(network.network),
        factorTitle(effect.factor, titles),
        levelWords(effect.given.factor, effect.given.level, titles),
        formatDifferenceEstimate(effect.difference, 'ns'),
        changeWords(effect.ratio),
        network.doubts.length === 0 ? verdictWords(effect) : 'none: a cell is in doubt',
      ]);
    }),
  );
}

export function networkHeading(context: Context, network: NetworkEffects): string {
  const { other, baseline } = titlesOf(context, network);
  return `${capitalised(networkTitle(network.network))}${other === undefined ? '' : `, ${other} and ${baseline}`}`;
}

/** One sentence for each question; none without intervals. */
export function effectSentences(context: Context, network: NetworkEffects): readonly string[] {
  const titles = titlesOf(context, network);
  return network.simple.flatMap(({ factor, given, difference }) =>
    difference?.low === undefined
      ? []
      : [
          `${factorSubject(factor, titles)} ${sizeWords(difference)} ${levelWords(given.factor, given.level, titles)}.`,
        ],
  );
}

function effectsTable(context: Context, network: NetworkEffects): Table {
  const titles = titlesOf(context, network);
  return table(
    [left('effect'), right('time of a turn [95 % CI]'), right('change [95 % CI]'), right('blocks')],
    network.effects.map((effect) => [
      effectTitle(effect, titles),
      formatDifferenceEstimate(effect.difference, 'ns'),
      changeWords(effect.ratio),
      formatCount(network.blocks),
    ]),
  );
}

function effectTitle({ factors }: TurnEffect, titles: Titles): string {
  return factors.map((factor) => factorTitle(factor, titles)).join(' × ');
}

export function renderRoundTrips(context: Context): readonly Block[] {
  const { roundTrips } = context.analysis.turns;
  const shown = roundTrips.filter(({ saved }) => saved !== undefined);
  return section('In round trips', [
    shown.length === 0 ? [] : roundTripTable(context, shown),
    shown.length === 0
      ? []
      : 'What an effect grows by from the shortest round trip to the longest, over the difference of the two: what does not depend on the round trip cancels. By the specifications a new connection costs a POST one round trip, the handshake of TCP' +
        ' (RFC 9293 §3.5), and a WebSocket two, because its turn follows the answer to its upgrade (RFC 6455 §4.1); a kept connection costs neither any.',
  ]);
}

function roundTripTable(context: Context, shown: readonly RoundTrips[]): Table {
  return table(
    [left('saved by'), left('where'), left('uplink'), right('round trips [95 % CI]')],
    shown.map(({ factor, given, otherArm, uplinkBytesPerSecond, saved }) => {
      const titles = titlesOf(context, { otherArm });
      return [
        factorTitle(factor, titles),
        levelWords(given.factor, given.level, titles),
        uplinkBytesPerSecond === undefined
          ? 'no limit'
          : `${(8 * uplinkBytesPerSecond) / 1e6} Mbit/s`,
        formatEstimate(saved, 'count'),
      ];
    }),
  );
}
