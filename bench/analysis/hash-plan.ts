// Computes the identity of a plan: trials of two sessions may be joined only when it is equal.

import { createHash } from 'node:crypto';

/**
 * SHA-256 (hex) over the plan as JSON with sorted keys and without undefined members, so that
 * neither the order in which a plan was built nor a trip through a file changes it.
 */
export function hashPlan(plan: unknown): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    isPlainObject(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
