import {
  createFoundations,
  createPeopleDirectory,
  createTokenVerifier,
  type Foundations,
  type Overrides,
  type PeopleDirectory,
} from '@bank/composition';
import { ApprovalRepository, type TransactionalContext, type TransactionScope } from '@bank/database';
import type { Verifier } from '@bank/verifier';
import { createLookups, type Lookups } from '#adapters/lookups/lookups.ts';
import type { Config } from '#config.ts';
import { createFileServices, type FileServices } from '#file-services.ts';
import { ChangeRequestRepository } from '#storage/change-request.repository.ts';
import { ConsentRepository } from '#storage/consent.repository.ts';
import { entities } from '#storage/entities.ts';
import { FileRepository } from '#storage/files/file.repository.ts';
import { createKycRepositories, type KycRepositories } from '#storage/kyc/repositories.ts';
import { BankAccountRepository } from '#storage/linked-accounts/bank-account.repository.ts';
import { BillerAccountRepository } from '#storage/linked-accounts/biller-account.repository.ts';
import { ProfileRepository } from '#storage/profile.repository.ts';
import { createNameIndex } from '#storage/search/name-index.ts';
import { SearchRepository } from '#storage/search/search.repository.ts';
import { SettingsRepository } from '#storage/settings.repository.ts';
import { createSettingsCache, type SettingsCache } from '#storage/settings-cache.ts';

export interface Repositories extends KycRepositories {
  readonly profiles: ProfileRepository;
  readonly settings: SettingsRepository;
  readonly consents: ConsentRepository;
  readonly changeRequests: ChangeRequestRepository;
  readonly files: FileRepository;
  readonly bankAccounts: BankAccountRepository;
  readonly billerAccounts: BillerAccountRepository;
  readonly search: SearchRepository;
  readonly approvals: ApprovalRepository;
}

/** What every feature is handed: the foundations of any app, and this one's repositories behind its unit of work. */
export interface AppContext extends Foundations, TransactionalContext<Repositories> {
  readonly config: Config;
  readonly settingsCache: SettingsCache;
  readonly verifier: Verifier;
  /** What people are at this moment, as auth knows it. */
  readonly people: PeopleDirectory;
  readonly fileServices: FileServices;
  /** Who is asked about accounts that users have elsewhere. */
  readonly lookups: Lookups;
}

/** The context inside of a transaction. */
export type AppTransaction = AppContext & TransactionScope<Repositories>;

/** The composition root. Nothing connects yet: an app starts, unready, while what it stands on is away. */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<AppContext> {
  const foundations = await createFoundations(config, { service: 'profile', entities, overrides });
  const blindIndexKeys = foundations.keyrings.open('blind-index');
  const names = createNameIndex(blindIndexKeys);
  return {
    ...foundations,
    config,
    settingsCache: createSettingsCache(foundations.redis),
    verifier: overrides.verifier ?? createTokenVerifier(foundations, config),
    people: overrides.people ?? createPeopleDirectory(foundations, config),
    fileServices: await createFileServices(config, foundations),
    lookups: createLookups(config, foundations),
    unitOfWork: foundations.unitOfWorkOf((em) => ({
      profiles: new ProfileRepository(em, foundations.vault, names),
      settings: new SettingsRepository(em),
      consents: new ConsentRepository(em),
      changeRequests: new ChangeRequestRepository(em, foundations.vault),
      files: new FileRepository(em),
      bankAccounts: new BankAccountRepository(em, foundations.vault, blindIndexKeys),
      billerAccounts: new BillerAccountRepository(em, foundations.vault, blindIndexKeys),
      search: new SearchRepository(em, names),
      approvals: new ApprovalRepository(em, 'profile'),
      ...createKycRepositories(em, foundations.vault),
    })),
  };
}
