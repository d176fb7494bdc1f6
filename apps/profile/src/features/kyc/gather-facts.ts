import type { ReadScope } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { AppContext, Repositories } from '#context.ts';
import { dayOf, type KycFacts } from '#features/kyc/policies.ts';
import type { Profile } from '#storage/profile.entity.ts';

/**
 * What of a user decides how far they can come, and their profile; for a case, or for the approved ones alone. Documents count
 * as they did on the day of `asOf`, today unless said: what has been handed in rests on them, though one may have run out
 * since. @throws profile.unreadable
 */
export async function gatherFacts(
  reader: AppContext & Omit<ReadScope<Repositories>, 'em'>,
  userId: UserId,
  caseId: string | undefined,
  asOf: Date = reader.clock.now(),
): Promise<KycFacts & { readonly whole: Profile | undefined }> {
  const [profile, documents] = [await reader.profiles.find(userId), await reader.kycDocuments.usable(userId, caseId)];
  return { profile: profile ?? {}, whole: profile, documents, today: dayOf(asOf) };
}
