import { type Foundations, tlsFilesOf } from '@bank/composition';
import { DomainError, type KycDocumentKind, type KycSide, type KycStatus, type KycTier } from '@bank/domain';
import { KycService, VerificationOutcome } from '@bank/proto/kyc';
import { type BaseConfig, createRpcClient } from '@bank/service-kit';
import { Code, ConnectError } from '@connectrpc/connect';

/** What a verification came to; `undecided` while it is under way. */
export type VerificationState = Extract<KycStatus, 'approved' | 'rejected' | 'more_information'> | 'undecided';

/** One attempt of a case, opened for the provider. Dates are `YYYY-MM-DD`; what is unknown is empty. */
export interface Verification {
  readonly submissionId: string;
  readonly caseId: string;
  readonly attempt: number;
  readonly tier: KycTier;
  readonly person: {
    readonly givenName: string;
    readonly middleName: string;
    readonly familyName: string;
    readonly dateOfBirth: string;
    readonly nationality: string;
    readonly occupation: string;
  };
  readonly documents: readonly {
    readonly documentId: string;
    readonly kind: KycDocumentKind;
    readonly side: KycSide;
    readonly country: string;
    readonly number: string;
    readonly expiresOn: string;
    readonly contentType: string;
    readonly content: Uint8Array<ArrayBuffer>;
  }[];
}

/** The provider will never take what it was handed. */
export class VerificationRefused extends Error {
  override readonly name = 'VerificationRefused';
}

/** Who verifies people. */
export interface KycProvider {
  /** Hands over an attempt and gives the provider's id of it; the same for the same submission. @throws VerificationRefused, service.unavailable, service.deadline */
  submit(verification: Verification): Promise<string>;
  /** Undefined for what it does not know. @throws service.unavailable, service.deadline */
  stateOf(verificationId: string): Promise<{ state: VerificationState; reasons: readonly string[] } | undefined>;
}

/** How long a hand-over may take, in milliseconds: pictures are large, and a provider may be slow to take them. */
const submitDeadlineMs = 20_000;
const askDeadlineMs = 5000;

const states: ReadonlyMap<VerificationOutcome, VerificationState> = new Map([
  [VerificationOutcome.APPROVED, 'approved'],
  [VerificationOutcome.REJECTED, 'rejected'],
  [VerificationOutcome.MORE_INFORMATION, 'more_information'],
]);

/** The platform's KYC service. */
export function createKycProvider(
  config: BaseConfig & { readonly KYC_RPC_URL: string },
  { logger, metrics }: Foundations,
): KycProvider {
  const service = createRpcClient(KycService, {
    baseUrl: config.KYC_RPC_URL,
    serverUri: 'spiffe://bank/platform/kyc',
    tls: tlsFilesOf(config),
    logger,
    metrics,
  });
  return {
    async submit(verification) {
      try {
        const request = { ...verification, documents: [...verification.documents] };
        return (await service.submitVerification(request, { timeoutMs: submitDeadlineMs })).verificationId;
      } catch (error) {
        if (codeOf(error) === Code.InvalidArgument) throw new VerificationRefused('refused for good');
        throw error;
      }
    },
    async stateOf(verificationId) {
      try {
        const { outcome, reasons } = await service.getVerification({ verificationId }, { timeoutMs: askDeadlineMs });
        return { state: states.get(outcome) ?? 'undecided', reasons };
      } catch (error) {
        if (codeOf(error) === Code.NotFound) return undefined;
        throw error;
      }
    },
  };
}

function codeOf(error: unknown): Code | undefined {
  const cause = error instanceof DomainError ? error.cause : error;
  return cause instanceof ConnectError ? cause.code : undefined;
}
