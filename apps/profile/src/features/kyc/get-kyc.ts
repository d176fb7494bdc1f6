import { readerOf } from '@bank/database';
import { type Actor, kycStates, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { gatherFacts } from '#features/kyc/gather-facts.ts';
import type { KycFacts } from '#features/kyc/policies.ts';
import type { KycCase, KycStanding } from '#storage/kyc/kyc-case.ts';
import type { KycDocument } from '#storage/kyc/kyc-document.repository.ts';

/** What users may know of their verification. */
export interface OwnKyc {
  readonly standing: KycStanding;
  readonly newest: KycCase | undefined;
  readonly documents: readonly KycDocument[];
  readonly facts: KycFacts;
}

/**
 * The signed-in user's tier and newest case, and which tiers the user's data and documents would be enough for.
 * @throws auth.token.missing, profile.unreadable
 */
export async function getKyc(ctx: AppContext, actor: Actor): Promise<OwnKyc> {
  const { userId } = requireUser(actor);
  const reader = readerOf(ctx);
  const [standing, newest] = [await reader.kycStandings.find(userId), await reader.kycCases.newest(userId)];
  const open = newest !== undefined && kycStates.states[newest.status].isOpen ? newest.id : undefined;
  return {
    standing,
    newest,
    documents: newest === undefined ? [] : await reader.kycDocuments.ofCase(newest.id),
    facts: await gatherFacts(reader, userId, open),
  };
}
