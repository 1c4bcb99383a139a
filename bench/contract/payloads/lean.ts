// The shortest payload that can be verified and resumed: the number of the token, and its text.

import type { PayloadProfile } from './payload-profile.ts';

export const lean = {
  summary: '{"s":18,"d":" tok"}: sequence and text',
  isNumbered: true,
  template: () => ({
    before: '{"s":',
    firstNumber: 1,
    between: ',"d":',
    after: '}',
  }),
  api: undefined,
  chunk: undefined,
} as const satisfies PayloadProfile;
