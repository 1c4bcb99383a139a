// JSON pointers (RFC 6901): `/choices/0/delta/content`; the empty one is the whole document.

/** The names of a pointer's steps; undefined for what is no pointer. */
export function parsePointer(text: string): readonly string[] | undefined {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** An index without leading zeros (RFC 6901 §4). */
const INDEX = /^(?:0|[1-9]\d{0,15})$/;

/** The value at these steps; undefined where there is none. */
export function valueAt(document: unknown, steps: readonly string[]): unknown {
  let value = document;
  for (const step of steps) {
    if (Array.isArray(value))
      value = INDEX.test(step) ? (value[Number(step)] as unknown) : undefined;
    else if (typeof value === 'object' && value !== null)
      value = Object.hasOwn(value, step)
        ? (value as Readonly<Record<string, unknown>>)[step]
        : undefined;
    else return undefined;
  }
  return value;
}
