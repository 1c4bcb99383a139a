// Reads members of JSON that a server sent: it can have any shape, and nothing here throws.

type JsonObject = Readonly<Record<string, unknown>>;

/** Returns undefined for what is no JSON: JSON itself has no such value. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** Returns undefined for null, too: APIs send it where they have nothing to say. */
export function member(value: unknown, name: string): unknown {
  const object = objectOf(value);
  return object !== undefined && Object.hasOwn(object, name)
    ? (object[name] ?? undefined)
    : undefined;
}

/** The member below members, such as `response`, `usage`, `output_tokens`. */
export function memberAt(value: unknown, ...names: readonly string[]): unknown {
  let inner = value;
  for (const name of names) inner = member(inner, name);
  return inner;
}

export function textMember(value: unknown, name: string): string | undefined {
  const text = member(value, name);
  return typeof text === 'string' ? text : undefined;
}

export function numberMember(value: unknown, name: string): number | undefined {
  const number = member(value, name);
  return typeof number === 'number' ? number : undefined;
}

/** Returns no elements for what is no array. */
export function listMember(value: unknown, name: string): readonly unknown[] {
  const list = member(value, name);
  return Array.isArray(list) ? (list as readonly unknown[]) : [];
}

/** Returns '' for what cannot be written, such as JSON that is nested too deeply to walk. */
export function renderJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
