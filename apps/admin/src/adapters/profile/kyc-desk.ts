import {
  DomainError,
  type KycDocumentKind,
  type KycReason,
  type KycSide,
  type KycStatus,
  kycDocumentKinds,
  kycDocuments,
  type UserId,
} from '@bank/domain';
import { type KycCase, KycDecision, ProfileService } from '@bank/proto/profile';
import { createRpcClient, forwardUser, type RpcClientOptions } from '@bank/service-kit';
import type { Approved } from '#adapters/auth/user-acts.ts';
import { dateOf } from '#adapters/date-of.ts';

/** A case as staff list it: ids and codes. */
export interface ListedCase {
  readonly id: string;
  readonly userId: UserId;
  readonly tier: number;
  readonly status: KycStatus;
  readonly attempt: number;
  readonly reasons: readonly KycReason[];
  readonly reviewerId: string | null;
  readonly submittedAt: Date | null;
  readonly documents: readonly {
    readonly id: string;
    readonly kind: KycDocumentKind;
    readonly side: KycSide;
    readonly country: string;
    readonly uploadedAt: Date | null;
  }[];
}

/** Which document of a case, and the note that says why it is opened. */
export interface CaseDocument {
  readonly caseId: string;
  readonly documentId: string;
  readonly noteId: string | undefined;
}

/** What the user of a document says that it shows; null for a kind that has none of it. */
export interface Particulars {
  readonly number: string | null;
  /** `YYYY-MM-DD` */
  readonly expiresOn: string | null;
}

/** A case at the attempt that was looked at. */
export interface CaseAttempt {
  readonly userId: UserId;
  readonly caseId: string;
  readonly attempt: number;
}

type Reasons = { readonly reasons: readonly KycReason[] };

/** What staff do with cases in `profile`, each with the token of who does it. Throws what `profile` answers, and service.unavailable. */
export interface KycDesk {
  list(query: {
    readonly status?: KycStatus | undefined;
    readonly caseId?: string;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<{ readonly cases: readonly ListedCase[]; readonly nextCursor: string | null }>;
  claim(claim: { readonly caseId: string; readonly noteId: string }): Promise<void>;
  /** A document as a JPEG. */
  picture(document: CaseDocument): Promise<Uint8Array<ArrayBuffer>>;
  particulars(document: CaseDocument): Promise<Particulars>;
  requestInformation(asked: CaseAttempt & Reasons & { readonly noteId: string }): Promise<void>;
  approve(decided: CaseAttempt & Approved): Promise<void>;
  reject(decided: CaseAttempt & Approved & Reasons): Promise<void>;
}

/** A picture takes longer than anything else. */
const pictureDeadlineMs = 8000;

/** Asks the profile service. */
export function createKycDesk(options: RpcClientOptions): KycDesk {
  const service = createRpcClient(ProfileService, options);
  const decide = async (decision: KycDecision, decided: CaseAttempt & Partial<Approved & Reasons>) => {
    const { reasons = [], ...rest } = decided;
    await service.decideKycCase({ ...rest, decision, reasons: [...reasons] }, forwardUser());
  };
  return {
    async list({ status = '', caseId = '', limit, cursor = '' }) {
      const query = { status: status as string, caseId, limit, cursor };
      const { cases, nextCursor } = await service.listKycCases(query, forwardUser());
      return { cases: cases.map(toListed), nextCursor: nextCursor === '' ? null : nextCursor };
    },
    async claim({ caseId, noteId }) {
      await service.claimKycCase({ caseId, noteId }, forwardUser());
    },
    async picture({ caseId, documentId, noteId = '' }) {
      const call = { ...forwardUser(), timeoutMs: pictureDeadlineMs };
      const { content } = await service.getKycDocument({ caseId, documentId, noteId }, call);
      return new Uint8Array(content);
    },
    async particulars({ caseId, documentId, noteId = '' }) {
      const asked = { caseId, documentId, noteId, particularsOnly: true };
      const { kind, number, expiresOn } = await service.getKycDocument(asked, forwardUser());
      if (!isUnnumbered(kind) && (number === '' || expiresOn === '')) {
        const reason = 'profile did not say what stands in a document that has a number';
        throw new DomainError('service.unavailable', { reason });
      }
      return { number: number || null, expiresOn: expiresOn || null };
    },
    requestInformation: (asked) => decide(KycDecision.REQUEST_INFORMATION, asked),
    approve: (decided) => decide(KycDecision.APPROVE, decided),
    reject: (decided) => decide(KycDecision.REJECT, decided),
  };
}

/** Whether a document has no number by its kind. A `profile` of an earlier release may name none, and no number either. */
function isUnnumbered(kind: string): boolean {
  return kycDocumentKinds.some((known) => known === kind && !kycDocuments[known].isNumbered);
}

function toListed({ caseId, reviewerId, submittedAt, documents, ...listed }: KycCase): ListedCase {
  return {
    id: caseId,
    userId: listed.userId as UserId,
    tier: listed.tier,
    status: listed.status as KycStatus,
    attempt: listed.attempt,
    reasons: listed.reasons as KycReason[],
    reviewerId: reviewerId || null,
    submittedAt: dateOf(submittedAt),
    documents: documents.map(({ documentId, kind, side, country, uploadedAt }) => ({
      id: documentId,
      kind: kind as KycDocumentKind,
      side: side as KycSide,
      country,
      uploadedAt: dateOf(uploadedAt),
    })),
  };
}
