// `streamduel list …`: lists the available scenarios, transports, workloads and other names.

import { styleText } from 'node:util';
import { allMetrics } from '../scenarios/readings.ts';
import { transportForm, writtenTransport } from '../contract/arms/arms.ts';
import { clientStacks } from '../contract/arms/stacks.ts';
import { transportIds, transports } from '../contract/arms/transports.ts';
import { writesOf } from '../contract/arms/writes.ts';
import { dialects } from '../contract/dialects/dialects.ts';
import { faults } from '../contract/faults.ts';
import { payloads } from '../contract/payload.ts';
import { policies } from '../contract/reconnect-policy.ts';
import { sources } from '../contract/upstream.ts';
import { pickName } from '../plan/quantities.ts';
import { presets } from '../plan/presets.ts';
import { namedWorkloads, recordedWorkloads } from '../plan/workloads.ts';
import { scenarios } from '../scenarios/registry.ts';

type Rows = readonly (readonly [name: string, text: string])[];

const summaries = (table: Readonly<Record<string, { readonly summary: string }>>): Rows =>
  Object.entries(table).map(([name, { summary }]) => [name, summary]);

const lists = {
  scenarios: () => summaries(scenarios),
  transports: () => [
    ...transportIds.map((id) => [transportForm(id), transports[id].summary] as const),
    ...transportIds.flatMap((transport) => {
      const writes = transports[transport].twin.otherWrites?.mode;
      return writes === undefined
        ? []
        : [[writtenTransport({ transport, writes }), `the same, but ${writesOf[writes]}`] as const];
    }),
  ],
  clients: () => summaries(clientStacks),
  dialects: () => Object.values(dialects).map(({ id, title }) => [id, title] as const),
  sources: () => Object.entries(sources),
  workloads: () => summaries({ ...namedWorkloads, ...recordedWorkloads }),
  payloads: () => summaries(payloads),
  faults: () =>
    Object.entries(faults).map(([name, { id, summary }]) => [name, `${id}: ${summary}`] as const),
  policies: () => summaries(policies),
  presets: () => summaries(presets),
  metrics: () =>
    allMetrics.map((metric) => [metric.id, `${metric.title}: ${metric.definition}`] as const),
} as const satisfies Record<string, () => Rows>;

type ListName = keyof typeof lists;

export const listNames = Object.keys(lists) as ListName[];

/** Renders the named list, or all lists without a name. */
export function renderList(name: string | undefined): string {
  if (name !== undefined) return renderRows(lists[pickName('list', name, listNames)]());
  return listNames
    .map((one) => `${styleText('bold', one)}\n${renderRows(lists[one]())}`)
    .join('\n');
}

function renderRows(rows: Rows): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`).join('');
}
