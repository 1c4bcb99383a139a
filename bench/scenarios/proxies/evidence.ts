// The cells of proxies answer claims twice: proxy by proxy, in how many trials streams passed, a stop
// reached the server, and an EventSource outlived a restart; and for all proxies together, over how
// many of them it was so in every trial. A claim says proxies, so that they are its sample.

import { armName, type Arm } from '../../contract/arms/arms.ts';
import { DEFAULT_PATH, paths } from '../../contract/arms/paths.ts';
import type { ProxyName } from '../../contract/arms/proxies/proxies.ts';
import type { ProxyForm } from '../../contract/arms/proxies/proxy.ts';
import { transports } from '../../contract/arms/transports.ts';
import type { Analysis, LoadPointAnalysis } from '../../analysis/analysis.ts';
import type { Answer, ScenarioEvidence } from '../../claims/claim-reading.ts';
import { listWords } from '../../report/mechanisms.ts';
import type { ArmCells, ProxiesFindings } from './findings.ts';
import { VISIBLE_NS } from './verdict.ts';

type Protocol = (typeof transports)[Arm['transport']]['protocol'];

export const proxiesEvidence: ScenarioEvidence = {
  'event-stream-passes-plain': (analysis) => withAll(passages(analysis, 'event-stream', 'plain')),
  'event-stream-passes-fixed': (analysis) => withAll(passages(analysis, 'event-stream', 'fixed')),
  'websocket-fails-plain': (analysis) =>
    withAll(passages(analysis, 'websocket', 'plain').map(failing)),
  'websocket-fails-fixed': (analysis) =>
    withAll(passages(analysis, 'websocket', 'fixed').map(failing)),
  'event-stream-stop-reaches': (analysis) =>
    withAll(
      overProxies(analysis, 'event-stream', (place) => {
        const { of, seen } = place.cells.stopQuiet;
        return { endpoint: 'path.stop.quiet', held: seen, of };
      }),
    ),
  'event-source-survives-restart': (analysis) =>
    withAll(
      overProxies(
        analysis,
        'event-stream',
        ({ arm, cells }) => survivals(cells, arm),
        ({ transport }) => transports[transport].specifiedReconnect !== undefined,
      ),
    ),
};

interface ProxyPlace {
  readonly point: LoadPointAnalysis;
  readonly arm: Arm;
  readonly cells: ArmCells;
}

type Count = Pick<Answer, 'endpoint' | 'held' | 'of'>;

interface ProxyAnswer extends Answer {
  readonly arm: Arm;
  readonly proxy: ProxyName;
  readonly form: ProxyForm;
}

/** The ways into a server’s network, and those out of a client’s. */
function directionOf({ path }: Arm): string {
  return paths[path].forward === undefined ? 'reverse proxies' : 'ways out of a network';
}

const forms: Record<ProxyForm, string> = { plain: 'as documented', fixed: 'as fixed' };

/**
 * Before the answers of single proxies, one for all of those that are of a kind. A proxy is one of
 * them, with TLS and without, and in one form: it says nothing independent of itself.
 */
function withAll(answers: readonly ProxyAnswer[]): readonly Answer[] {
  const groups = Map.groupBy(
    answers,
    ({ arm, form }) => `${transports[arm.transport].title} over ${directionOf(arm)} ${forms[form]}`,
  );
  const together = [...groups].flatMap(([condition, those]): readonly Answer[] => {
    const [first] = those;
    const byProxy = Map.groupBy(those, ({ proxy }) => proxy);
    if (first === undefined || byProxy.size === 1) return [];
    const others = [...byProxy.values()]
      .map((own) => own.filter(({ held, of }) => held < of).map(({ arm }) => placeName(arm)))
      .filter((names) => names.length > 0);
    return [
      {
        loadPoint: first.loadPoint,
        endpoint: first.endpoint,
        arms: those.flatMap(({ arms }) => arms),
        condition:
          others.length === 0 ? condition : `${condition}, except ${listWords(others.flat())}`,
        counted: 'proxies',
        held: byProxy.size - others.length,
        of: byProxy.size,
      },
    ];
  });
  return [
    ...together,
    ...answers.map(({ arm: _arm, form: _form, proxy: _proxy, ...answer }) => answer),
  ];
}

function placeName({ path, tls }: Arm): string {
  return tls === true ? `${path} (TLS)` : path;
}

function overProxies(
  analysis: Analysis,
  protocol: Protocol,
  count: (place: ProxyPlace) => Count | undefined,
  isAsked: (arm: Arm) => boolean = () => true,
): readonly ProxyAnswer[] {
  const { proxyCells } = analysis as Analysis & ProxiesFindings;
  return analysis.loadPoints.flatMap((point) =>
    point.arms.flatMap(({ name, arm }): readonly ProxyAnswer[] => {
      const cells = proxyCells.find((one) => one.arm === name);
      const { real } = paths[arm.path];
      if (real === undefined || cells === undefined || !isAsked(arm)) return [];
      if (transports[arm.transport].protocol !== protocol) return [];
      const counted = count({ point, arm, cells });
      if (counted === undefined) return [];
      const condition = `${transports[arm.transport].title} over ${placeName(arm)}`;
      return [
        {
          ...counted,
          loadPoint: point.loadPoint,
          condition,
          arms: [name],
          arm,
          proxy: real.name,
          form: real.form,
        },
      ];
    }),
  );
}

/** Trials in which all timed streams were accepted and no token was visibly late. */
function passages(analysis: Analysis, protocol: Protocol, form: ProxyForm): readonly ProxyAnswer[] {
  return overProxies(
    analysis,
    protocol,
    ({ point, arm }) => {
      const direct = point.arms.find(
        (one) =>
          one.arm.path === DEFAULT_PATH &&
          one.arm.transport === arm.transport &&
          one.arm.client === arm.client,
      );
      if (direct === undefined) return undefined;
      return passagesOf(point, { over: armName(arm), direct: direct.name });
    },
    ({ path }) => paths[path].real?.form === form,
  );
}

function passagesOf(
  point: LoadPointAnalysis,
  { over, direct }: { readonly over: string; readonly direct: string },
): Count | undefined {
  const accepted = valuesOf(point, 'path.accepted', over);
  const late = ['path.first', 'path.delivery.p50'].map((metric) => {
    const base = valuesOf(point, metric, direct);
    return valuesOf(point, metric, over).map((value, trial) => {
      const other = base[trial];
      return value === undefined || other === undefined || value - other > VISIBLE_NS;
    });
  });
  // Each arm is measured once a block, so a trial that failed would shift the pairs.
  const isPaired = valuesOf(point, 'path.accepted', direct).length === accepted.length;
  if (!isPaired) return undefined;
  const passed = accepted.filter(
    (share, trial) => share === 1 && late.every((trials) => trials[trial] === false),
  );
  return {
    endpoint: 'path.accepted, path.first, path.delivery.p50',
    held: passed.length,
    of: accepted.length,
  };
}

function valuesOf(
  { summaries }: LoadPointAnalysis,
  metric: string,
  name: string,
): readonly (number | undefined)[] {
  return summaries.find((one) => one.metric === metric && one.arm === name)?.values ?? [];
}

/** The same trials, for a meaning that says the contrary. */
function failing(answer: ProxyAnswer): ProxyAnswer {
  return { ...answer, held: answer.of - answer.held };
}

/** Where requests were answered differently from trial to trial, nothing is said. */
function survivals({ restart, trials }: ArmCells, _arm: Arm): Count | undefined {
  const endpoint = 'proxyCells restart';
  if (restart.asked === 0) return undefined;
  if (!restart.endsForGood) return { endpoint, held: trials, of: trials };
  return restart.accepted === 0 ? { endpoint, held: 0, of: trials } : undefined;
}
