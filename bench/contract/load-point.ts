// One value of what a run sweeps: the load, and in the scenarios that break things, the fault and how clients come back.

import { z } from 'zod';
import { faultNames, faults, type FaultName } from './faults.ts';
import { policyNames, type PolicyName } from './reconnect-policy.ts';

export const loadPointSchema = z.object({
  connections: z.int().min(1),
  fault: z.enum(faultNames as [FaultName, ...FaultName[]]).optional(),
  policy: z.enum(policyNames as [PolicyName, ...PolicyName[]]).optional(),
});

export type LoadPoint = z.infer<typeof loadPointSchema>;

/** Equal for equal load points, different for different ones. */
export function loadPointKey({ connections, fault, policy }: LoadPoint): string {
  return [connections, ...(fault === undefined ? [] : [fault]), ...(policy === undefined ? [] : [policy])].join(' ');
}

/** `100 connections`, `Reset, 100 connections`, `Kill and restart, 2000 connections, as specified`. */
export function loadPointTitle({ connections, fault, policy }: LoadPoint): string {
  const load = connections === 1 ? '1 connection' : `${connections} connections`;
  const words = [...(fault === undefined ? [] : [faults[fault].title]), load];
  return [...words, ...(policy === 'as-specified' ? ['as specified'] : [])].join(', ');
}
