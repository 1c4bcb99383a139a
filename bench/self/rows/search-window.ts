// Checks whether the answer of a search for capacity depends on the length of its windows: measures
// steps around the capacity, each with a long window, and judges them again as if the window had
// been shorter.

import { cpus } from 'node:os';
import { loadGrid } from '../../scenarios/capacity/load-grid.ts';
import { rejudge, type StampedStep } from '../../scenarios/capacity/rejudge.ts';
import { joinInputOf } from '../../scenarios/steady/record.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import { deriveSeed } from '../../contract/random.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { buildPlan } from '../../plan/build-plan.ts';
import { planTrials } from '../../plan/trials.ts';
import { locateTokens } from '../../plan/workloads.ts';
import { stepOf } from '../../scenarios/capacity/procedure/steps.ts';
import { measureTrial } from '../../trial/procedure.ts';
import { contenders, quietly, tell } from '../self-trial.ts';
import type { Row, RowGroup } from './row.ts';

const FIRST_STREAMS = 300;
/** Grid width of a search in preset `quick`. */
const WIDTH = 0.1;
const CLIMB_PLACES = 2;
const STEPS_PER_LOAD = 3;
/** Grid places relative to the first load that was not carried. */
const PLACES = [-4, -3, -2, -1, 0, 1] as const;
const LONG_NS = 5 * NS_PER_S;
const SHORT_NS = [1 * NS_PER_S, 2 * NS_PER_S] as const;
/** The default objective of `capacity`. */
const rule = { withinNs: 50 * NS_PER_MS, leastShare: 0.99 };

export const searchWindow: RowGroup = {
  name: 'search-window',
  measure: async () => {
    const rows: Row[] = [];
    for (const transport of contenders) rows.push(await describeWindows(transport));
    return rows;
  },
};

async function describeWindows(transport: TransportId): Promise<Row> {
  const measure = await stepsOf(transport);
  const climb = loadGrid({ startStreams: FIRST_STREAMS, mostStreams: 5000, width: WIDTH });
  let place = 0;
  while (place < climb.top && isCarried([await measure(climb.streamsAt(place), 0)]))
    place += CLIMB_PLACES;
  const end = loadGrid({ startStreams: climb.streamsAt(place), mostStreams: 5000, width: WIDTH });
  const loads = PLACES.map((at) => end.streamsAt(at));
  const steps: StampedStep[] = [];
  for (let time = 1; time <= STEPS_PER_LOAD; time++)
    for (const streams of loads) steps.push(await measure(streams, time));
  const answers = [LONG_NS, ...SHORT_NS].map((windowNs) => rejudge(steps, windowNs, rule));
  // Where not even the lowest load was carried, the answer lies below all places.
  const [long = -1, ...short] = answers.map((streams) =>
    streams === undefined ? -1 : loads.indexOf(streams),
  );
  const told = [LONG_NS, ...SHORT_NS].map(
    (windowNs, index) => `${answers[index] ?? 'fewer'} streams over ${windowNs / NS_PER_S} s`,
  );
  return {
    what: `answer of a search over windows of 1 and 2 s against 5 s, ${transport}, steps of the grid apart`,
    value: long === -1 ? undefined : Math.max(...short.map((at) => Math.abs(at - long))),
    limit: { atMost: 1 },
    unit: '',
    note: told.join(', '),
  };
}

function isCarried(steps: readonly StampedStep[]): boolean {
  return rejudge(steps, LONG_NS, rule) !== undefined;
}

/** Steps as a search of preset `standard` measures them. */
async function stepsOf(
  transports: TransportId,
): Promise<(streams: number, time: number) => Promise<StampedStep>> {
  const flags = {
    preset: 'standard',
    transports,
    blocks: '1',
    seed: '1',
    duration: `${LONG_NS / NS_PER_S}s`,
  };
  const { plan } = await buildPlan(['capacity'], flags, {
    randomSeed: () => 1,
    canPin: cpus().length > 1,
  });
  const [planned] = planTrials(plan);
  if (planned === undefined) throw new Error('the plan is empty');
  const { asked: _asked, ...place } = planned;
  const procedure = stepOf(plan.search!);
  const tokenFile = locateTokens(plan.workload, '.');
  return async (streams, time) => {
    tell(`${transports}: ${streams} streams × ${plan.workload.tokensPerSecond} tokens/s`);
    const workloadSeed = deriveSeed(place.workloadSeed, streams, time);
    const step = { ...place, workloadSeed, loadPoint: { connections: streams } };
    return {
      streams,
      input: joinInputOf(
        await measureTrial(procedure, step, { ...quietly, plan, tokenFile, port: 0 }),
      ),
    };
  };
}
