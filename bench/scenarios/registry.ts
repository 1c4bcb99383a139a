// All scenarios. To add one: its file, its id in the run file's contract, and its line here.

import type { ScenarioId } from '../contract/run-file.ts';
import { browserLimits } from './browser-limits.ts';
import { burst } from './burst.ts';
import { capacity } from './capacity.ts';
import { completions } from './completions.ts';
import { connect } from './connect.ts';
import { fanout } from './fanout.ts';
import { herd } from './herd.ts';
import { memory } from './memory.ts';
import { reconnect } from './reconnect.ts';
import type { Scenario } from './scenario.ts';
import { slowReader } from './slow-reader.ts';
import { stream } from './stream.ts';

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
};

export const scenarioNames = Object.keys(scenarios) as ScenarioId[];
