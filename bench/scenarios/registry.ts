// All scenarios. To add one: its file, its id in the run file's contract, and its line here.

import type { ScenarioId } from '../contract/run-file.ts';
import { browserLimits } from './browser-limits/scenario.ts';
import { burst } from './burst/scenario.ts';
import { cancel } from './cancel/scenario.ts';
import { capacity } from './capacity/scenario.ts';
import { completions } from './completions/scenario.ts';
import { connect } from './connect/scenario.ts';
import { fanout } from './fanout/scenario.ts';
import { headOfLine } from './head-of-line/scenario.ts';
import { herd } from './recovery/herd.ts';
import { matrix } from './matrix/scenario.ts';
import { memory } from './memory/scenario.ts';
import { proxies } from './proxies/scenario.ts';
import { reconnect } from './recovery/reconnect.ts';
import type { Scenario } from './scenario.ts';
import { steer } from './steer/scenario.ts';
import { slowReader } from './slow-reader/scenario.ts';
import { stream } from './stream/scenario.ts';
import { voice } from './voice/scenario.ts';
import { ownServers } from './own-servers/scenario.ts';
import { turns } from './turns/scenario.ts';

export const scenarios: Readonly<Record<ScenarioId, Scenario>> = {
  stream,
  reconnect,
  herd,
  memory,
  capacity,
  connect,
  fanout,
  'slow-reader': slowReader,
  burst,
  completions,
  'browser-limits': browserLimits,
  matrix,
  'own-servers': ownServers,
  'head-of-line': headOfLine,
  proxies,
  voice,
  turns,
  cancel,
  steer,
};

/** The scenario of a run that names none. */
export const DEFAULT_SCENARIO: ScenarioId = 'stream';

/** The scenario of a run that names none and gives servers of its own. */
export const TARGET_SCENARIO: ScenarioId = ownServers.name;

export const scenarioNames = Object.keys(scenarios) as ScenarioId[];
