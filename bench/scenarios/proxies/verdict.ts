// Holds the cells against the claim that SSE fits HTTP infrastructure and WebSocket has trouble with
// it: over which proxies each transport passes, comes late, or is refused. Counts and names, no test.

import { armName } from '../../contract/arms/arms.ts';
import { paths } from '../../contract/arms/paths.ts';
import { proxies } from '../../contract/arms/proxies/proxies.ts';
import type { ProxyForm } from '../../contract/arms/proxies/proxy.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { Plan } from '../../contract/run-file.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { listWords } from '../../report/mechanisms.ts';
import type { ArmCells } from './findings.ts';

/** A screen shows 60 pictures a second: nobody sees a token that is later by less than one of them. */
export const VISIBLE_NS = 16 * NS_PER_MS;

type Passage = 'passes' | 'late' | 'held' | 'refused';

export const CLAIM =
  'SSE fits HTTP infrastructure; WebSocket has trouble with proxies and firewalls';

/** Undefined where no trial was measured, or none over loopback to hold it against. */
export function passageOf(cells: ArmCells): Passage | undefined {
  if (cells.trials === 0) return undefined;
  if (cells.accepted < cells.asked) return 'refused';
  if (cells.isHeld) return 'held';
  const { p50Ns, firstTokenNs } = cells.added;
  if (p50Ns === undefined || firstTokenNs === undefined) return undefined;
  return p50Ns > VISIBLE_NS || firstTokenNs > VISIBLE_NS ? 'late' : 'passes';
}

interface Judged {
  readonly transport: string;
  readonly proxy: string;
  readonly form: ProxyForm;
  readonly passage: Passage;
  readonly cells: ArmCells;
}

function judge({ arms }: Pick<Plan, 'arms'>, all: readonly ArmCells[]): readonly Judged[] {
  return arms.flatMap((arm) => {
    const { real } = paths[arm.path];
    const cells = all.find((one) => one.arm === armName(arm));
    const passage = cells && passageOf(cells);
    if (real === undefined || cells === undefined || passage === undefined) return [];
    const { title } = transports[arm.transport];
    return [{ transport: title, proxy: proxies[real.name].title, form: real.form, passage, cells }];
  });
}

const forms: Record<ProxyForm, string> = {
  plain: 'As the documentation of each proxy begins',
  fixed: 'With the lines of the fixed configurations',
};

const words: Record<Passage, string> = {
  passes: 'passes as over loopback:',
  late: 'comes visibly late over',
  held: 'is held back whole by',
  refused: 'is refused by',
};

/** One sentence for each configuration, and one for what a stop and a restart do. */
export function verdictSentences(
  plan: Pick<Plan, 'arms'>,
  all: readonly ArmCells[],
): readonly string[] {
  const judged = judge(plan, all);
  return (Object.keys(forms) as ProxyForm[]).flatMap((form) => {
    const own = judged.filter((one) => one.form === form);
    if (own.length === 0) return [];
    const texts = Map.groupBy(own, ({ transport }) => transport);
    const passages = Array.from(texts, ([transport, those]) => passageText(transport, those));
    return [`**${forms[form]}**: ${passages.join('; ')}.${failureText(own)}`];
  });
}

function passageText(transport: string, those: readonly Judged[]): string {
  const parts = (Object.keys(words) as Passage[]).flatMap((passage) => {
    const names = those.filter((one) => one.passage === passage).map(({ proxy }) => proxy);
    return names.length === 0 ? [] : [`${words[passage]} ${listWords(names)}`];
  });
  return `${transport} ${parts.join(', ')}`;
}

/** A client does not see these at its beginning. */
function failureText(own: readonly Judged[]): string {
  const namesOf = (has: (cells: ArmCells) => boolean): string =>
    listWords(
      own
        .filter(({ cells }) => has(cells))
        .map(({ transport, proxy }) => `${transport} over ${proxy}`),
    );
  const lost = namesOf(({ stopQuiet }) => stopQuiet.of > 0 && stopQuiet.seen < stopQuiet.of);
  const ended = namesOf(({ long }) => long.seen > 0);
  const final = namesOf(({ restart }) => restart.endsForGood);
  return [
    ...(lost === '' ? [] : [` A stop of a quiet stream does not reach the server: ${lost}.`]),
    ...(ended === '' ? [] : [` A stream is ended although tokens flow: ${ended}.`]),
    ...(final === '' ? [] : [` A restart of the server ends an EventSource for good: ${final}.`]),
  ].join('');
}
