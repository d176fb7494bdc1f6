import type { PiiVault } from '@bank/database';
import type { EntityManager } from '@mikro-orm/postgresql';
import { KycCallbackRepository } from '#storage/kyc/kyc-callback.repository.ts';
import { KycCaseRepository } from '#storage/kyc/kyc-case.repository.ts';
import { KycDocumentRepository } from '#storage/kyc/kyc-document.repository.ts';
import { KycStandingRepository } from '#storage/kyc/kyc-standing.repository.ts';
import { KycSubmissionRepository } from '#storage/kyc/kyc-submission.repository.ts';

/** What KYC keeps. */
export interface KycRepositories {
  readonly kycStandings: KycStandingRepository;
  readonly kycCases: KycCaseRepository;
  readonly kycDocuments: KycDocumentRepository;
  readonly kycSubmissions: KycSubmissionRepository;
  readonly kycCallbacks: KycCallbackRepository;
}

/** The repositories of one transaction or reader. */
export function createKycRepositories(em: EntityManager, vault: PiiVault): KycRepositories {
  return {
    kycStandings: new KycStandingRepository(em),
    kycCases: new KycCaseRepository(em),
    kycDocuments: new KycDocumentRepository(em, vault),
    kycSubmissions: new KycSubmissionRepository(em),
    kycCallbacks: new KycCallbackRepository(em),
  };
}
