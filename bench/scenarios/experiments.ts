// The experiments of the selftest that scenarios bring along, with the effects that their trials must
// find. To add one: a file in the scenario's folder, and its line here.

import type { Experiment } from '../selftest/experiment.ts';
import { cancelExperiment } from './cancel/experiment.ts';
import { steerExperiment } from './steer/experiment.ts';

export const scenarioExperiments: readonly Experiment[] = [cancelExperiment, steerExperiment];
