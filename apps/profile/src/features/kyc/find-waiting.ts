import type { Repositories } from '#context.ts';
import type { KycCase } from '#storage/kyc/kyc-case.ts';
import type { KycSubmission } from '#storage/kyc/kyc-submission.repository.ts';

/** The case of a submission, while this attempt of it waits to be decided. */
export async function findWaiting(
  { kycCases }: Pick<Repositories, 'kycCases'>,
  { caseId, attempt }: Pick<KycSubmission, 'caseId' | 'attempt'>,
): Promise<KycCase | undefined> {
  const found = await kycCases.find(caseId);
  const isWaiting = found?.status === 'submitted' || found?.status === 'in_review';
  return isWaiting && found.attempt === attempt ? found : undefined;
}
