// Plans of payloads whose tokens are bytes: who can receive them, how many a second a process
// carries, and how far behind a receiver of large ones may be.

import { isBrowser } from '../contract/arms/stacks.ts';
import { BenchError } from '../contract/errors.ts';
import { messageBytes, payloads, type PayloadName } from '../contract/payload.ts';
import type { Plan } from '../contract/run-file.ts';
import { MIB } from '../contract/units.ts';
import { largestMessageBytes, usualBackpressureBytes, type Sized } from './defaults.ts';
import type { Preset } from './presets.ts';
import { parseSize, usageError } from './quantities.ts';

/** Fewer would cut a receiver off for the message that it is being sent. */
const FEWEST_WAITING_MESSAGES = 2;
/**
 * A server process that encodes base64 and a load process that compares it carry some hundreds of
 * MB a second; beyond that a trial would measure nothing but a queue.
 */
const MOST_BYTES_PER_SECOND = 250e6;

/** @throws BenchError USAGE for a cap that large messages exceed. */
export function readBackpressure(value: string | undefined, plan: Sized): number {
  if (value === undefined) return usualBackpressureBytes(plan);
  const bytes = parseSize('--backpressure', value);
  if (bytes < 1) throw usageError('--backpressure', value, 'at least 1B');
  const largest = largestMessageBytes(plan);
  const fewest = FEWEST_WAITING_MESSAGES * largest;
  if (bytes < fewest)
    throw usageError(
      '--backpressure',
      value,
      `at least ${fewest}B: messages of this run have up to ${largest} bytes, and one that is on its way must not count as waiting`,
    );
  return bytes;
}

/** Streams of large tokens are fewer, and no pilot finds how many. */
export function presetFor(payload: PayloadName, preset: Preset): Preset {
  const connections = payloads[payload].chunk?.connections;
  if (connections === undefined) return preset;
  const { loads: _shares, loadTokensPerSecond: _rate, ...fixed } = preset;
  return { ...fixed, connections: [connections] };
}

/** @throws BenchError USAGE for `--loads` of streams whose number no pilot finds. */
export function refuseLoads(loads: string | undefined, payload: PayloadName): void {
  if (loads !== undefined && payloads[payload].chunk?.connections !== undefined)
    throw usageError(
      '--loads',
      loads,
      `--connections with --payload ${payload}: a pilot begins with more tokens than a machine carries of this size`,
    );
}

/** @throws BenchError USAGE or LIMIT that names the flags */
export function checkChunks({
  payload,
  arms,
  loadPoints,
  workload,
  search,
  duplex,
  serverProcesses = 1,
}: Plan): void {
  if (payloads[payload].chunk === undefined) return;
  const page = arms.find(({ client }) => isBrowser(client));
  if (page !== undefined)
    throw usageError(
      '--payload',
      payload,
      `a payload of text with --client ${page.client}: a page appends tokens to its document, and bytes are no text`,
    );
  // Both ends of such sessions send bytes, the large message among them.
  if (duplex === undefined && loadPoints.some(({ largeBytes }) => largeBytes !== undefined))
    throw usageError('--payload', payload, 'a payload of text: the large messages are text');
  // A search begins low and stops by itself.
  if (search !== undefined) return;
  const bytesPerSecond = Math.max(
    ...loadPoints.map(
      ({ connections, messagesPerSecond = workload.tokensPerSecond }) =>
        connections * messagesPerSecond * messageBytes(payload),
    ),
  );
  const most = MOST_BYTES_PER_SECOND * serverProcesses;
  if (bytesPerSecond <= most) return;
  throw new BenchError(
    'LIMIT',
    `--payload ${payload}: this load is ${Math.ceil(bytesPerSecond / MIB)} MiB a second in base64; at most ${Math.floor(most / MIB)} MiB are measured with ${serverProcesses === 1 ? 'one server process' : `${serverProcesses} server processes`}`,
    {
      hint: `lower --connections or --rate: together by a factor of ${Math.ceil((10 * bytesPerSecond) / most) / 10}`,
    },
  );
}
