// Refuses what would change a recorded stream on its way: a replay has its texts, lengths and gaps.

import { BenchError } from '../contract/errors.ts';
import { payloads, type PayloadName } from '../contract/payload.ts';
import type { ScenarioId } from '../contract/run-file.ts';
import type { Workload } from '../contract/workload.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { scenarioNames, scenarios } from '../scenarios/registry.ts';

/** @throws BenchError USAGE */
export function checkReplay(
  { gaps, name }: Pick<Workload, 'gaps' | 'name'>,
  {
    flags,
    scenario,
    payload,
  }: {
    readonly flags: Pick<RunFlags, 'rate' | 'tokens' | 'arrivals'>;
    readonly scenario: ScenarioId;
    readonly payload: PayloadName;
  },
): void {
  if (gaps.kind !== 'recorded') return;
  if (!canReplay(scenario))
    throw refusal(name, `scenario ${scenario} sets how long streams are, or when tokens are due`, {
      hint: `scenarios that replay: ${scenarioNames.filter(canReplay).join(', ')}`,
    });
  const flag = (['rate', 'tokens'] as const).find((one) => flags[one] !== undefined);
  if (flag !== undefined)
    throw refusal(name, `--${flag} ${flags[flag]} would change what was recorded`, {
      hint: `leave --${flag} out`,
    });
  if (flags.arrivals !== undefined && flags.arrivals !== 'steady')
    throw refusal(name, `--arrivals ${flags.arrivals} would give its streams other lengths`, {
      hint: 'leave --arrivals out: each client replays one recorded stream after another',
    });
  if (payloads[payload].chunk !== undefined)
    throw refusal(name, `payload ${payload} is bytes, and a recording is text`, {
      hint: 'choose a payload of text, such as lean or openai',
    });
}

const canReplay = (id: ScenarioId): boolean => 'replays' in scenarios[id];

function refusal(name: string, why: string, options: { readonly hint: string }): BenchError {
  return new BenchError('USAGE', `--workload ${name} is a recording: ${why}`, options);
}
