import { type KycCaseSchema, KycDecision, type ProfileService } from '@bank/proto/profile';
import type { RpcMethods } from '@bank/service-kit';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { claimCase } from '#features/kyc-review/claim-case.ts';
import { decideCase } from '#features/kyc-review/decide-case.ts';
import { type ListedCase, listCases } from '#features/kyc-review/list-cases.ts';
import { readDocument } from '#features/kyc-review/read-document.ts';
import { readStatus } from '#features/kyc-review/read-status.ts';

type KycMethods = Pick<
  RpcMethods<AppContext, typeof ProfileService>,
  'getKycStatus' | 'listKycCases' | 'claimKycCase' | 'getKycDocument' | 'decideKycCase'
>;

const decisions: ReadonlyMap<KycDecision, string> = new Map([
  [KycDecision.APPROVE, 'approve'],
  [KycDecision.REJECT, 'reject'],
  [KycDecision.REQUEST_INFORMATION, 'request_information'],
]);

/** The KYC methods of `ProfileService`. */
export const kycMethods: KycMethods = {
  getKycStatus: {
    access: 'service',
    async handle(ctx, { userId }, { actor, fields }) {
      const { status, standing } = await readStatus(ctx, actor, userId);
      const { tier, version, validUntil } = standing;
      const shown = fields.has('validUntil') ? (validUntil ?? '') : '';
      return { userId, status, tier, version: BigInt(version), validUntil: shown };
    },
  },
  listKycCases: {
    access: 'staff',
    async handle(ctx, { status, caseId, limit, cursor }, { actor }) {
      const query = { limit: limit || 20, ...given({ status, caseId, cursor }) };
      const { items, nextCursor } = await listCases(ctx, actor, query);
      return { cases: items.map(toMessage), nextCursor: nextCursor ?? '' };
    },
  },
  claimKycCase: {
    access: 'staff',
    async handle(ctx, { caseId, noteId }, { actor }) {
      await claimCase(ctx, actor, { caseId, noteId });
      return {};
    },
  },
  getKycDocument: {
    access: 'staff',
    async handle(ctx, { caseId, documentId, particularsOnly, noteId }, { actor }) {
      const asked = { caseId, documentId, particularsOnly, ...given({ noteId }) };
      const { kind, picture, number, expiresOn } = await readDocument(ctx, actor, asked);
      const shown = picture && { contentType: picture.contentType, content: picture.bytes };
      return { ...shown, kind, number: number ?? '', expiresOn: expiresOn ?? '' };
    },
  },
  decideKycCase: {
    access: 'staff',
    async handle(ctx, { userId, caseId, attempt, decision, reasons, noteId, approval }, { actor }) {
      const decided = { userId, caseId, attempt, reasons, noteId, ...given({ approval }) };
      await decideCase(ctx, actor, { ...decided, decision: decisions.get(decision) });
      return {};
    },
  },
};

/** Those that are there: an empty text is none. */
function given(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
}

function toMessage(listed: ListedCase): MessageInitShape<typeof KycCaseSchema> {
  const { id, userId, tier, status, attempt, reasons, reviewerId, submittedAt, documents } = listed;
  return {
    caseId: id,
    userId,
    tier,
    status,
    attempt,
    reasons: [...reasons],
    reviewerId: reviewerId ?? '',
    ...(submittedAt && { submittedAt: timestampFromDate(submittedAt) }),
    documents: documents.map(({ id: documentId, kind, side, country, uploadedAt }) => ({
      ...{ documentId, kind, side, country },
      ...(uploadedAt && { uploadedAt: timestampFromDate(uploadedAt) }),
    })),
  };
}
