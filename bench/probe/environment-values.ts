// Puts values of the environment into text: `${NAME}`, and `$${NAME}` for those very characters. So
// secrets stay out of command lines, which other users of a machine can see.

import { BenchError } from '../contract/errors.ts';
import { LEAST_SECRET_LENGTH, PLACEHOLDER, placeholdersIn } from '../contract/placeholders.ts';
import type { Secrets } from '../contract/secrets.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface ExpandOptions {
  /** The flag that the text is of. */
  readonly flag: string;
  readonly environment: Environment;
  /** Every value that is put in is added. */
  readonly secrets: Secrets;
}

/** @throws BenchError USAGE that names the flag and the variable, never its value. */
export function expandVariables(text: string, options: ExpandOptions): string {
  const { flag, environment, secrets } = options;
  return text.replaceAll(PLACEHOLDER, (written: string, name: string) => {
    if (written.startsWith('$$')) return written.slice(1);
    const value = environment[name];
    if (value === undefined) {
      throw new BenchError('USAGE', `${flag}: the environment has no ${name}`, {
        hint: `set it, for example: export ${name}=…, or write $\${${name}} for these characters`,
      });
    }
    if (value.length < LEAST_SECRET_LENGTH) {
      throw new BenchError(
        'USAGE',
        `${flag}: ${name} is too short to be kept secret: ${value.length} characters, of ${LEAST_SECRET_LENGTH} or more`,
        { hint: 'write what is no secret into the flag itself' },
      );
    }
    secrets.add(value, `\${${name}}`);
    return value;
  });
}

/** Whether any variable stands in the text. */
export function hasVariables(text: string): boolean {
  return placeholdersIn([text]).length > 0;
}
