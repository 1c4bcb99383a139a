// All scenarios. To add one: its file, and its line here.

import type { Scenario } from './scenario.ts';
import { stream } from './stream.ts';

export const scenarios = { stream } as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;

export const scenarioNames = Object.keys(scenarios) as ScenarioName[];
