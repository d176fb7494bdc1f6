import { readerOf } from '@bank/database';
import { type Verification, VerificationRefused } from '#adapters/kyc/kyc-provider.ts';
import type { AppContext } from '#context.ts';
import { readFile } from '#features/file/read-file.ts';
import { findWaiting } from '#features/kyc/find-waiting.ts';
import { gatherFacts } from '#features/kyc/gather-facts.ts';
import { casePicturesBytesMax, documentsOf } from '#features/kyc/policies.ts';
import type { OpenedKycDocument } from '#storage/kyc/kyc-document.repository.ts';
import type { KycSubmission } from '#storage/kyc/kyc-submission.repository.ts';

/**
 * Opens what a submission is about: who the user is, and their documents. Only here, and only for the call that follows; in the
 * database and in queues there are ids. Undefined when the case has been decided or its user erased, also while the pictures were opened:
 * of that nothing goes to anybody. @throws VerificationRefused for more pictures
 * than are handed over, profile.unreadable, and what reading files throws
 */
export async function openVerification(ctx: AppContext, submission: KycSubmission): Promise<Verification | undefined> {
  const { id: submissionId, caseId, userId, attempt } = submission;
  const reader = readerOf(ctx);
  const found = await findWaiting(reader, submission);
  if (found === undefined) return undefined;
  const facts = await gatherFacts(reader, userId, caseId, found.submittedAt ?? undefined);
  if (facts.whole === undefined) return undefined;
  const documents = await withPictures(ctx, documentsOf(found.tier, facts));
  if ((await findWaiting(readerOf(ctx), submission)) === undefined) return undefined;
  const { givenName, middleName, familyName, dateOfBirth, nationality, occupation } = facts.whole;
  return {
    submissionId,
    caseId,
    attempt,
    tier: found.tier,
    person: {
      givenName: givenName ?? '',
      middleName: middleName ?? '',
      familyName: familyName ?? '',
      dateOfBirth: dateOfBirth ?? '',
      nationality: nationality ?? '',
      occupation: occupation ?? '',
    },
    documents,
  };
}

async function withPictures(ctx: AppContext, documents: readonly OpenedKycDocument[]) {
  const opened: Verification['documents'][number][] = [];
  let total = 0;
  for (const { id, fileId, kind, side, country, number, expiresOn } of documents) {
    if (fileId === null) continue;
    const { file, bytes } = await readFile(ctx, fileId);
    total += bytes.byteLength;
    // Handed in before that was looked at, or of documents approved since: staff decide.
    if (total > casePicturesBytesMax) throw new VerificationRefused('the pictures are too large');
    const particulars = { number: number ?? '', expiresOn: expiresOn ?? '' };
    opened.push({
      documentId: id,
      kind,
      side,
      country,
      ...particulars,
      contentType: file.contentType,
      content: new Uint8Array(bytes),
    });
  }
  return opened;
}
