import type { ScenarioParts } from '../../report/scenario-parts.ts';
export const voiceParts: ScenarioParts = { title: 'for voice', circumstances: () => '' };
