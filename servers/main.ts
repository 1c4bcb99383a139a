// One server process of a trial.

import { serveTrial } from './server-process.ts';
import { starters } from './starters.ts';

serveTrial(({ transport }) => starters[transport]);
