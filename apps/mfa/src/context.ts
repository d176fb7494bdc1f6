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
import { repositories as ofKinds } from '#factor-types/gen/storage/parts.gen.ts';
import { ChallengeRepository } from '#storage/challenge.repository.ts';
import { entities } from '#storage/entities.ts';
import { FactorRepository } from '#storage/factor.repository.ts';
import { SubjectRepository } from '#storage/subject.repository.ts';
import { type RelyingParty, relyingPartyOf } from '#webauthn-config.ts';

/** Those of all kinds of factors, beside these. */
export interface Repositories extends ReturnType<typeof ofKinds> {
  readonly factors: FactorRepository;
  readonly subjects: SubjectRepository;
  readonly challenges: ChallengeRepository;
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
      subjects: new SubjectRepository(em, foundations.vault),
      challenges: new ChallengeRepository(em),
      ...ofKinds({ em, vault: foundations.vault }),
      approvals: new ApprovalRepository(em, 'mfa'),
    })),
  };
}
