// Refuses to compare two runs unless they ask the same question (scenario, workload, payload) and
// share arms and load points. Every other difference is a warning, not a refusal.

import { armName, type Arm } from '../../contract/arms/arms.ts';
import { BenchError } from '../../contract/errors.ts';
import { loadPointKey, loadPointTitle } from '../../contract/load-point.ts';
import type { Plan, SavedRun } from '../../contract/run-file.ts';
import { factText } from './fact-text.ts';
import { differencesOf } from './differences.ts';

/** @throws BenchError USAGE that names every difference which forbids a comparison. */
export function refuseUnlike(old: SavedRun, recent: SavedRun): void {
  const [before, after] = [old.header.plan, recent.header.plan];
  const reasons = [
    ...unlikeQuestions(before, after),
    ...unlikeApiMessages(before, after),
    ...unlikeArms(before, after),
    ...unlikeLoad(before, after),
  ];
  if (reasons.length === 0) return;
  throw new BenchError(
    'USAGE',
    `${old.folder} and ${recent.folder} cannot be compared: ${reasons.join('; ')}`,
    {
      hint: `compare runs of one scenario, workload and payload; the first one is repeated by: ${old.header.command}`,
    },
  );
}

function unlikeQuestions(old: Plan, recent: Plan): string[] {
  return differencesOf(questionOf(old), questionOf(recent)).map(
    ({ field, old: before, new: after }) => {
      const name = field
        .replace('workload.tokensSha256', 'workload.tokens (SHA-256)')
        .replace('workload.', 'workload ');
      return `${name} is ${factText(field, before)} in the old run and ${factText(field, after)} in the new one`;
    },
  );
}

function questionOf({ scenario, workload, payload, arrivals }: Plan): object {
  return { scenario, payload, workload, arrivals: arrivals && arrivalsOf(arrivals) };
}

/** How many streams they make depends on the seed, as drawn starts do. */
function arrivalsOf(arrivals: NonNullable<Plan['arrivals']>): object {
  if (arrivals.kind === 'drawn') return { model: arrivals.model };
  const { sha256, speed } = arrivals;
  return { trace: sha256, speed };
}

/** Payloads of an API have had other bytes since the messages of the API are sent, too. */
function unlikeApiMessages(old: Plan, recent: Plan): string[] {
  if (old.payload !== recent.payload || old.hasApiMessages === recent.hasApiMessages) return [];
  return [
    `payload ${old.payload} is ${withMessages(old)} the messages of its API in the old run and ${withMessages(recent)} them in the new one`,
  ];
}

const withMessages = ({ hasApiMessages }: Plan): string =>
  hasApiMessages === true ? 'with' : 'without';

function unlikeArms({ arms: old }: Plan, { arms: recent }: Plan): string[] {
  const names = new Set(recent.map(armName));
  if (old.some((arm) => names.has(armName(arm)))) return [];
  const transports = new Set(recent.map(({ transport }) => transport));
  // The same transports received by other clients are the commonest mistake, so they have a message
  // of their own.
  const isOtherClient =
    old.some(({ transport }) => transports.has(transport)) && clientsOf(old) !== clientsOf(recent);
  const what = isOtherClient
    ? `the client stack is ${clientsOf(old)} in the old run and ${clientsOf(recent)} in the new one`
    : '';
  return [
    `they have no arm in common: ${old.map(armName).join(', ')} in the old run, ${recent.map(armName).join(', ')} in the new one` +
      (isOtherClient ? ` (${what})` : ''),
  ];
}

function clientsOf(arms: readonly Arm[]): string {
  return [...new Set(arms.map(({ client }) => client))].join(', ');
}

function unlikeLoad({ loadPoints: old }: Plan, { loadPoints: recent }: Plan): string[] {
  const keys = new Set(recent.map(loadPointKey));
  if (old.some((point) => keys.has(loadPointKey(point)))) return [];
  return [
    `they have no load point in common: ${loadOf(old)}${hasFaults(old) ? '' : ' connections'} in the old run, ${loadOf(recent)} in the new one`,
  ];
}

function loadOf(points: Plan['loadPoints']): string {
  return hasFaults(points) || points.some(({ arrivals }) => arrivals !== undefined)
    ? points.map(loadPointTitle).join('; ')
    : points.map(({ connections }) => connections).join(', ');
}

function hasFaults(points: Plan['loadPoints']): boolean {
  return points.some(({ fault }) => fault !== undefined);
}
