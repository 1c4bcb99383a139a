// Publishes the form of a configuration file as JSON Schema, for editors. `npm run build:schema`
// writes it.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { scenarioNames } from '../scenarios/registry.ts';
import { configFlags, SCENARIO_KEY, SCHEMA_KEY } from './config-values.ts';
import type { FlagKind } from './flag.ts';
import { describeFlag } from './help.ts';
import { flagOf, flagWords, type FlagName } from './run-flags.ts';

export const CONFIG_SCHEMA_PATH = fileURLToPath(new URL('config-schema.json', import.meta.url));

type JsonSchema = Readonly<Record<string, unknown>>;

const text: JsonSchema = { type: 'string' };
const oneOrMore = (items: JsonSchema): JsonSchema => ({
  anyOf: [items, { type: 'array', items, minItems: 1 }],
});

const types: Record<FlagKind, JsonSchema> = {
  switch: { type: 'boolean' },
  text: { type: ['string', 'number'] },
  texts: oneOrMore(text),
  list: oneOrMore({ type: ['string', 'number'] }),
  count: { type: 'integer', minimum: 0 },
  number: { type: 'number', exclusiveMinimum: 0 },
  duration: { type: 'string', pattern: String.raw`^\d+(\.\d+)?\s*(us|µs|ms|s|m|h)$` },
  size: {
    type: 'string',
    pattern: String.raw`^\d+(\.\d+)?\s*([bB]|[kK][bB]|[kK][iI][bB]|[mM][bB]|[mM][iI][bB])$`,
  },
};

export function renderConfigSchema(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Flags of streamduel run --config FILE',
    type: 'object',
    additionalProperties: false,
    properties: {
      [SCHEMA_KEY]: text,
      [SCENARIO_KEY]: {
        description: 'what to measure; several make a suite',
        ...oneOrMore({ enum: scenarioNames }),
      },
      ...Object.fromEntries(configFlags.map((name) => [flagWords(name), schemaOf(name)])),
    },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function schemaOf(name: FlagName): JsonSchema {
  const { kind, choices } = flagOf(name);
  const isChoice = choices !== undefined && kind === 'text';
  return { description: describeFlag(name), ...(isChoice ? { enum: choices } : types[kind]) };
}

if (import.meta.main) writeFileSync(CONFIG_SCHEMA_PATH, renderConfigSchema());
