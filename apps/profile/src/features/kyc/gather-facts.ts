import type { ReadScope } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { AppContext, Repositories } from '#context.ts';
import { dayOf, type KycFacts } from '#features/kyc/policies.ts';
import type { Profile } from '#storage/profile.entity.ts';

/**
 * What of a user decides how far they can come, and their profile; for a case, or for the approved ones alone. Documents count
 * as they did when the case was handed in, at `handedInAt`, and as they do today unless said: it rests on them, though one, and
 * an approved case with it, may have run out since. @throws profile.unreadable
 */
export async function gatherFacts(
  reader: AppContext & Omit<ReadScope<Repositories>, 'em'>,
  userId: UserId,
  caseId: string | undefined,
  handedInAt?: Date,
): Promise<KycFacts & { readonly whole: Profile | undefined }> {
  const profile = await reader.profiles.find(userId);
  const documents = await reader.kycDocuments.usable(userId, caseId, handedInAt);
  return { profile: profile ?? {}, whole: profile, documents, today: dayOf(handedInAt ?? reader.clock.now()) };
}
