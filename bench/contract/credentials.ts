// These headers are credentials, given by flag or by file: they follow no redirect to another
// origin, and are never printed or saved.

const names: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
]);

const LIKELY = /(?:^|-)(?:api-?key|auth|token|secret|password)(?:-|$)/;

export function isCredentialHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return names.has(lower) || LIKELY.test(lower);
}
