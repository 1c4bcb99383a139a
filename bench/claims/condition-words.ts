// The conditions of a measurement in words: its load, and what differs from the usual set-up.

import { DEFAULT_PATH } from '../contract/arms/paths.ts';
import { DEFAULT_CLIENT } from '../contract/arms/stacks.ts';
import type { Arm } from '../contract/arms/arms.ts';
import { loadPointTitle, type LoadPoint } from '../contract/load-point.ts';
import type { Plan } from '../contract/run-file.ts';

/** `330 connections, 50 % of capacity, payload openai, library client` */
export function conditionWords(
  { payload, source }: Pick<Plan, 'payload' | 'source'>,
  loadPoint: LoadPoint,
  { client, path, tls, target }: Arm,
): string {
  return [
    loadPointTitle(loadPoint),
    `payload ${payload}`,
    ...(source === undefined ? [] : [`source ${source}`]),
    ...(client === DEFAULT_CLIENT ? [] : [`${client} client`]),
    ...(path === DEFAULT_PATH ? [] : [`via ${path}`]),
    ...(tls === true ? ['TLS'] : []),
    ...(target === undefined ? [] : ['two servers, not the transport alone']),
  ].join(', ');
}
