import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseConfig } from './config.ts';
import { CONFIG_SCHEMA_PATH, renderConfigSchema } from './config-schema.ts';
import { exampleLine, renderConfigTemplate } from './config-template.ts';
import { configFlags } from './config-values.ts';
import { flagWords } from './run-flags.ts';

it('the template is a configuration of the default scenario', () => {
  expect(parseConfig('bench.yaml', renderConfigTemplate())).toMatchObject({
    scenarios: ['stream'],
    flags: {},
  });
});

it.each(configFlags)('its line of %s is right once its comment is removed', (name) => {
  const line = exampleLine(name);
  expect(renderConfigTemplate()).toContain(`\n# ${line}\n`);
  expect(Object.keys(parseConfig('bench.yaml', line).flags)).toEqual([name]);
});

it('the published schema is the one of the flags, and knows each of them', () => {
  const published = readFileSync(CONFIG_SCHEMA_PATH, 'utf8');
  expect(published).toBe(renderConfigSchema());
  const { properties } = JSON.parse(published) as { properties: Record<string, unknown> };
  expect(Object.keys(properties)).toEqual(['$schema', 'scenario', ...configFlags.map(flagWords)]);
});
