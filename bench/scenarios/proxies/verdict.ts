// Holds the cells against the claims that SSE fits HTTP infrastructure and that WebSocket has trouble
// with proxies and firewalls: over which each transport passes, comes late, is ended, or is refused.
// Counts and names, no test.

import { armName, type Arm } from '../../contract/arms/arms.ts';
import { paths } from '../../contract/arms/paths.ts';
import { proxies } from '../../contract/arms/proxies/proxies.ts';
import type { ProxyForm } from '../../contract/arms/proxies/proxy.ts';
import { transportIds, transports, type TransportId } from '../../contract/arms/transports.ts';
import type { Plan } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { listWords } from '../../report/mechanisms.ts';
import type { ArmCells } from './findings.ts';

/** A screen shows 60 pictures a second: nobody sees a token that is later by less than one of them. */
export const VISIBLE_NS = 16 * NS_PER_MS;

export const CLAIM =
  'SSE fits HTTP infrastructure; WebSocket has trouble with proxies and firewalls';

/** In the order in which a sentence names them; all but the first are faults. */
const passages = {
  passes: 'passes',
  late: 'comes visibly late over',
  held: 'is held back whole by',
  ended: 'is ended, although tokens flow, by',
  refused: 'is refused by',
} as const satisfies Record<string, string>;

export type Passage = keyof typeof passages;

/**
 * Undefined where no trial was measured, or none over loopback to hold it against, and where times
 * decide but the machine was too busy for them.
 */
export function passageOf(cells: ArmCells): Passage | undefined {
  if (cells.trials === 0) return undefined;
  if (cells.accepted < cells.asked) return 'refused';
  if (cells.long.seen > 0) return 'ended';
  if (cells.isBusy) return undefined;
  if (cells.isHeld) return 'held';
  const { p50Ns, firstTokenNs } = cells.added;
  if (p50Ns === undefined || firstTokenNs === undefined) return undefined;
  return p50Ns > VISIBLE_NS || firstTokenNs > VISIBLE_NS ? 'late' : 'passes';
}

/** One way of one transport, over one proxy in one form. */
interface JudgedWay {
  readonly transport: TransportId;
  /** The proxy’s name in a sentence, and `(TLS)` where it carries that. */
  readonly proxy: string;
  /** `forward`: the way out of a network, of which clients know. */
  readonly direction: 'reverse' | 'forward';
  readonly form: ProxyForm;
  readonly passage: Passage;
  readonly cells: ArmCells;
}

/** What a transport’s claim is held against. */
export interface TransportVerdict {
  readonly transport: TransportId;
  readonly ways: readonly JudgedWay[];
  /** One sentence on all of them. */
  readonly sentence: string;
}

/** One for each transport that took part, in the order of their table. */
export function transportVerdicts(
  plan: Pick<Plan, 'arms'>,
  all: readonly ArmCells[],
): readonly TransportVerdict[] {
  const judged = judge(plan, all);
  return transportIds.flatMap((transport) => {
    const ways = judged.filter((one) => one.transport === transport);
    return ways.length === 0 ? [] : [{ transport, ways, sentence: sentenceOf(transport, ways) }];
  });
}

/** One sentence for each transport, and one for what each configuration does later in a stream. */
export function verdictSentences(
  plan: Pick<Plan, 'arms'>,
  all: readonly ArmCells[],
): readonly string[] {
  const judged = judge(plan, all);
  return [
    ...transportVerdicts(plan, all).map(({ sentence }) => sentence),
    ...busyText(plan, all),
    ...(Object.keys(forms) as ProxyForm[]).flatMap((form) => {
      const text = laterText(judged.filter((one) => one.form === form));
      return text === '' ? [] : [`**${forms[form]}**, later in a stream:${text}`];
    }),
  ];
}

/** Arms that are left out of the sentences. */
function busyText({ arms }: Pick<Plan, 'arms'>, all: readonly ArmCells[]): readonly string[] {
  const names = arms
    .filter(({ path }) => paths[path].real !== undefined)
    .map(armName)
    .filter((name) =>
      all.some((cells) => cells.arm === name && cells.isBusy && passageOf(cells) === undefined),
    );
  return names.length === 0
    ? []
    : [
        `**Not judged**, because the machine was too busy in their trials or in those over loopback: ${listWords(names)}.`,
      ];
}

function judge({ arms }: Pick<Plan, 'arms'>, all: readonly ArmCells[]): readonly JudgedWay[] {
  return arms.flatMap((arm) => {
    const { real, forward } = paths[arm.path];
    const cells = all.find((one) => one.arm === armName(arm));
    const passage = cells && passageOf(cells);
    if (real === undefined || cells === undefined || passage === undefined) return [];
    return [
      {
        transport: arm.transport,
        proxy: `${proxies[real.name].title}${secured(arm)}`,
        direction: forward === undefined ? 'reverse' : 'forward',
        form: real.form,
        passage,
        cells,
      },
    ];
  });
}

function secured({ tls }: Arm): string {
  return tls === true ? ' (TLS)' : '';
}

const forms: Record<ProxyForm, string> = {
  plain: 'As documented',
  fixed: 'As fixed',
};

const directions: Record<JudgedWay['direction'], string> = {
  reverse: '',
  forward: 'out through a firewall’s proxy ',
};

function sentenceOf(transport: TransportId, ways: readonly JudgedWay[]): string {
  const parts = (Object.keys(forms) as ProxyForm[]).flatMap((form) => {
    const own = ways.filter((one) => one.form === form);
    const texts = (Object.keys(directions) as JudgedWay['direction'][]).flatMap((direction) => {
      const those = own.filter((one) => one.direction === direction);
      return those.length === 0 ? [] : [`${directions[direction]}it ${passageText(those)}`];
    });
    return texts.length === 0 ? [] : [`${forms[form].toLowerCase()}, ${texts.join(', and ')}`];
  });
  return `**${transports[transport].title}**: ${parts.join('; ')}.`;
}

/** `passes 6 of 8 (nginx, …) and is refused by Envoy` */
function passageText(those: readonly JudgedWay[]): string {
  const parts = (Object.keys(passages) as Passage[]).flatMap((passage) => {
    const names = those.filter((one) => one.passage === passage).map(({ proxy }) => proxy);
    if (names.length === 0) return passage === 'passes' ? ['passes none'] : [];
    return passage === 'passes' && names.length === those.length && names.length > 2
      ? [`passes all ${names.length}`]
      : [`${passages[passage]} ${listWords(names)}`];
  });
  return listWords(parts);
}

/** A client does not see these at its beginning. */
function laterText(own: readonly JudgedWay[]): string {
  const namesOf = (has: (cells: ArmCells) => boolean): string =>
    listWords(
      own
        .filter(({ cells }) => has(cells))
        .map(({ transport, proxy }) => `${transports[transport].title} over ${proxy}`),
    );
  const lost = namesOf(({ stopQuiet }) => stopQuiet.of > 0 && stopQuiet.seen < stopQuiet.of);
  const final = namesOf(
    ({ libraries, restart }) =>
      libraries.some(({ gaveUp }) => gaveUp > 0) || (libraries.length === 0 && restart.endsForGood),
  );
  const unbounded = namesOf(({ stall }) => stall.unbounded > 0);
  return [
    ...(lost === '' ? [] : [` A stop of a quiet stream does not reach the server: ${lost}.`]),
    ...(final === '' ? [] : [` A restart of the server ends an EventSource for good: ${final}.`]),
    ...(unbounded === ''
      ? []
      : [` A client that stops reading never holds the server back: ${unbounded}.`]),
  ].join('');
}
