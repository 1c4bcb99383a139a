// Parses flags into the arms of a run.

import { armName, COPY_LABEL, type Arm } from '../contract/arms/arms.ts';
import { canSpeak, clientStackIds, clientStacks, isBrowser, isLoadGenerator, type ClientStack } from '../contract/arms/stacks.ts';
import { transportIds, transports, type TransportId } from '../contract/arms/transports.ts';
import type { Plan, ScenarioId } from '../contract/run-file.ts';
import { browserArms, refuseBrowser } from './browser.ts';
import type { RunFlags } from './build-plan.ts';
import { readPath } from './path.ts';
import { parseList, pickName, usageError } from './quantities.ts';

/** `sse`, or `sse/library` for one arm with a client stack of its own. */
export type ArmText = TransportId | `${TransportId}/${ClientStack}`;

interface ArmsPlace {
  readonly scenario: ScenarioId;
  /** Default arms without --transports. */
  readonly usual: readonly ArmText[];
  readonly breaksSomething: boolean;
}

/** Default client stack of arms that name none. */
function usualClient(scenario: ScenarioId): ClientStack {
  return scenario === 'browser-limits' ? 'browser' : 'probe';
}

function readArms(flags: RunFlags, { usual, scenario }: ArmsPlace): Plan['arms'] {
  const path = readPath(flags.path, scenario);
  const common = pickName('client stack', flags.client ?? usualClient(scenario), clientStackIds);
  const readArm = (entry: string): Plan['arms'][number] => {
    const [written = '', stack] = entry.split('/', 2);
    const client = stack === undefined ? common : pickName('client stack', stack, clientStackIds);
    return { ...readTransport(written), client, path };
  };
  if (flags.transports === undefined) return (common === 'browser' && scenario === 'stream' ? browserArms : usual).map(readArm);
  const picked = parseList('--transports', flags.transports).map(readArm);
  const repeated = picked.map(armName).find((name, index, names) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw usageError('--transports', flags.transports, `each arm once; ${repeated} is there twice`);
  const [baseline, ...others] = picked;
  if (baseline !== undefined && transports[baseline.transport].isNullArm && others.length > 0)
    throw usageError(
      '--transports',
      flags.transports,
      `a transport other than the null arm ${baseline.transport} as the first: it is the baseline`,
    );
  return picked;
}

/** Parses `sse`, or `sse+at-once` for a write mode other than the library's default. */
function readTransport(text: string): Pick<Arm, 'transport' | 'writes'> {
  const [name = '', suffix] = text.split('+', 2);
  const transport = pickName('transport', name, transportIds);
  if (suffix === undefined) return { transport };
  const writes = transports[transport].twin.otherWrites?.mode;
  if (suffix !== writes)
    throw usageError(
      '--transports',
      text,
      writes === undefined ? `${transport} without a suffix` : `${transport} or ${transport}+${writes}`,
    );
  return { transport, writes };
}

/** With --aa the baseline is added once more, under another name, through the same code: a difference between the two is noise. */
export function planArms(flags: RunFlags, place: ArmsPlace): Plan['arms'] {
  const { scenario, breaksSomething } = place;
  const arms = readArms(flags, place);
  for (const { transport, client } of arms) {
    if (!canSpeak(client, transport))
      throw usageError(
        '--client',
        client,
        `a stack that speaks ${transport}; for one arm: --transports sse/${client},ws/${isBrowser(client) ? 'browser' : 'library'}`,
      );
    if (scenario === 'browser-limits' && client !== 'browser')
      throw usageError('--client', client, 'browser here: it is what this scenario is about');
    if (isLoadGenerator(client) && scenario !== 'completions')
      throw usageError('--client', client, 'probe or library here: a load generator asks for whole streams, which is scenario completions');
    refuseBrowser({ client }, scenario);
    if (scenario === 'completions' && transports[transport].isNullArm)
      throw usageError('--transports', transport, 'sse or ws here: the null arm has no words to ask for a stream that was not planned');
    if (scenario === 'connect' && client !== 'probe')
      throw usageError('--client', client, 'probe here: no other client stack can be told which streams share a connection');
    if (clientStacks[client].reconnectsItself && !breaksSomething)
      throw usageError('--client', client, 'probe or library here: this one is for scenarios reconnect and herd, where clients come back');
  }
  const [baseline] = arms;
  return flags.aa === true && baseline !== undefined ? [...arms, { ...baseline, label: COPY_LABEL }] : arms;
}
