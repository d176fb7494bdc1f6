import { readerOf } from '@bank/database';
import { type Actor, allow, type KycStatus, parse, UserIdSchema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { KycStanding } from '#storage/kyc/kyc-case.ts';

/** How far a user's identity is proven, for another service; somebody who never asked is at tier 0. @throws access.forbidden, request.invalid */
export async function readStatus(
  ctx: AppContext,
  actor: Actor,
  input: unknown,
): Promise<{ status: KycStatus; standing: KycStanding }> {
  allow.service(actor);
  const userId = parse(UserIdSchema, input);
  const reader = readerOf(ctx);
  const [standing, newest] = [await reader.kycStandings.find(userId), await reader.kycCases.newest(userId)];
  return { status: newest?.status ?? 'none', standing };
}
