// All claims, in the order of the article. To add one: its row in rows/, and for a question that a
// verdict does not answer, the answer in its scenario's evidence.ts.

import { pickName } from '../plan/quantities.ts';
import type { Claim } from './claim.ts';
import { debateClaims } from './rows/debate.ts';
import { sseClaims } from './rows/sse.ts';
import { webSocketClaims } from './rows/websocket.ts';

export const claims: readonly Claim[] = [...sseClaims, ...webSocketClaims, ...debateClaims];

export const claimIds: readonly string[] = claims.map(({ id }) => id);

/** The claims of a list such as `S3,W5`, all without one. @throws BenchError UNKNOWN_NAME */
export function pickClaims(ids: readonly string[] | undefined): readonly Claim[] {
  if (ids === undefined) return claims;
  const picked = new Set(ids.map((id) => pickName('claim', id, claimIds)));
  return claims.filter(({ id }) => picked.has(id));
}
