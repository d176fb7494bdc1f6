import {
  createFoundations,
  createPeopleDirectory,
  createTokenVerifier,
  type Foundations,
  type Overrides,
  type PeopleDirectory,
} from '@bank/composition';
import { ApprovalRepository, type TransactionalContext, type TransactionScope } from '@bank/database';
import type { Keyring } from '@bank/security';
import type { Verifier } from '@bank/verifier';
import { type AddressDirectory, createAddressDirectory } from '#adapters/addresses/address-directory.ts';
import type { Config } from '#config.ts';
import { ChallengeRepository } from '#storage/challenge.repository.ts';
import { entities } from '#storage/entities.ts';
import { FactorRepository } from '#storage/factor.repository.ts';
import { RecoveryCodeRepository } from '#storage/factor-types/recovery-code.repository.ts';
import { SentCodeRepository } from '#storage/factor-types/sent-code.repository.ts';
import { TotpFactorRepository } from '#storage/factor-types/totp-factor.repository.ts';
import { WebauthnChallengeRepository } from '#storage/factor-types/webauthn-challenge.repository.ts';
import { WebauthnCredentialRepository } from '#storage/factor-types/webauthn-credential.repository.ts';
import { SubjectRepository } from '#storage/subject.repository.ts';
import { type RelyingParty, relyingPartyOf } from '#webauthn-config.ts';

export interface Repositories {
  readonly factors: FactorRepository;
  readonly totpFactors: TotpFactorRepository;
  readonly subjects: SubjectRepository;
  readonly challenges: ChallengeRepository;
  readonly recoveryCodes: RecoveryCodeRepository;
  readonly sentCodes: SentCodeRepository;
  readonly webauthnCredentials: WebauthnCredentialRepository;
  readonly webauthnChallenges: WebauthnChallengeRepository;
  readonly approvals: ApprovalRepository;
}

/** What every feature is handed: the foundations of any app, and this one's repositories behind its unit of work. */
export interface AppContext extends Foundations, TransactionalContext<Repositories> {
  readonly config: Config;
  readonly verifier: Verifier;
  /** What people are at this moment, as auth knows it. */
  readonly people: PeopleDirectory;
  /** Where codes may be sent, as auth knows it. */
  readonly addresses: AddressDirectory;
  /** On whose pages passkeys are made and used. */
  readonly relyingParty: RelyingParty;
  readonly keys: { /** What codes are hashed with. */ readonly limits: Keyring };
}

/** The context inside of a transaction. */
export type AppTransaction = AppContext & TransactionScope<Repositories>;

/** The composition root. Nothing connects yet: an app starts, unready, while what it stands on is away. */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<AppContext> {
  const foundations = await createFoundations(config, { service: 'mfa', entities, overrides });
  return {
    ...foundations,
    config,
    verifier: overrides.verifier ?? createTokenVerifier(foundations, config),
    people: overrides.people ?? createPeopleDirectory(foundations, config),
    addresses: createAddressDirectory(foundations, config),
    relyingParty: relyingPartyOf(config),
    keys: { limits: foundations.keyrings.open('limits') },
    unitOfWork: foundations.unitOfWorkOf((em) => ({
      factors: new FactorRepository(em, foundations.vault),
      totpFactors: new TotpFactorRepository(em, foundations.vault),
      subjects: new SubjectRepository(em, foundations.vault),
      challenges: new ChallengeRepository(em),
      recoveryCodes: new RecoveryCodeRepository(em),
      sentCodes: new SentCodeRepository(em),
      webauthnCredentials: new WebauthnCredentialRepository(em),
      webauthnChallenges: new WebauthnChallengeRepository(em),
      approvals: new ApprovalRepository(em, 'mfa'),
    })),
  };
}
