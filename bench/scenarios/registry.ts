// All scenarios. To add one: its file, its id in the run file's contract, and its line here.

import type { ScenarioId } from '../contract/run-file.ts';
import { herd } from './herd.ts';
import { reconnect } from './reconnect.ts';
import type { Scenario } from './scenario.ts';
import { stream } from './stream.ts';

export const scenarios: Readonly<Record<ScenarioId, Scenario>> = { stream, reconnect, herd };

export const scenarioNames = Object.keys(scenarios) as ScenarioId[];
