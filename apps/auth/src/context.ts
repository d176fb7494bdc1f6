import {
  audiences,
  createFoundations,
  type Overrides as FoundationOverrides,
  type Foundations,
  tlsFilesOf,
} from '@bank/composition';
import type { ReadScope, TransactionalContext, TransactionScope } from '@bank/database';
import { createRevocationChannel } from '@bank/redis';
import {
  type BreachedPasswords,
  createPasswordHasher,
  type Keyring,
  openBreachedPasswords,
  type PasswordHasher,
  type PasswordHasherOptions,
} from '@bank/security';
import { createRevocationFeed, createVerifier, type RevocationChannel, type Verifier } from '@bank/verifier';
import { createDeviceKeys, type DeviceKeys } from '#adapters/device-keys/device-keys.ts';
import { createFactorChallenges, type FactorChallenges } from '#adapters/factors/factor-challenges.ts';
import { createFactorDirectory, type FactorDirectory } from '#adapters/factors/factor-directory.ts';
import { createFactorRemoval, type RemoveFactors } from '#adapters/factors/factor-removal.ts';
import { createFactorRule, type FactorRule } from '#adapters/factors/factor-rule.ts';
import { createPasskeys, type Passkeys } from '#adapters/factors/passkeys.ts';
import { createMailDomains, type MailDomainOptions, type MailDomains } from '#adapters/mail-domains/mail-domains.ts';
import { createMessages, type Messages } from '#adapters/messages/messages.ts';
import { createNameDirectory, type NameDirectory } from '#adapters/names/name-directory.ts';
import { createSignInAssessor, type SignInAssessor } from '#adapters/risk/sign-in-assessor.ts';
import { createSettingsDirectory, type SettingsDirectory } from '#adapters/settings/settings-directory.ts';
import type { Config } from '#config.ts';
import { readRevocations } from '#features/revocation/read-revocations.ts';
import { createKeyRing, type KeyRing } from '#features/signing-key/key-ring.ts';
import { listPublicKeys } from '#features/signing-key/list-public-keys.ts';
import { createUserFeed, type UserFeed } from '#features/user-watch/user-feed.ts';
import { entities } from '#storage/entities.ts';
import { createRepositories, type Repositories } from '#storage/repositories.ts';
import { type ClientRegistry, createClientRegistry } from '#storage/sessions/client-registry.ts';

/** The keyrings by what they are for. */
export interface Keys {
  /** Wraps signing keys. */
  keyEncryption: Keyring;
  /** Finds sealed addresses. */
  blindIndex: Keyring;
  /** Names addresses and users in counters, and hashes short codes. */
  limits: Keyring;
  /** Derives the successors of refresh tokens. */
  refresh: Keyring;
  /** Opens messages to people. */
  delivery: Keyring;
}

/** What every feature is handed. */
export interface AppContext extends Foundations, TransactionalContext<Repositories> {
  readonly config: Config;
  readonly keys: Keys;
  readonly hasher: PasswordHasher;
  /** Undefined where no filter is configured: then the built-in list alone is asked. */
  readonly breachedPasswords: BreachedPasswords | undefined;
  readonly clientRegistry: ClientRegistry;
  readonly keyRing: KeyRing;
  readonly verifier: Verifier;
  readonly revocationChannel: RevocationChannel;
  readonly userFeed: UserFeed;
  readonly assessor: SignInAssessor;
  readonly factors: FactorDirectory;
  readonly factorChallenges: FactorChallenges;
  readonly factorRule: FactorRule;
  readonly passkeys: Passkeys;
  readonly removeFactors: RemoveFactors;
  readonly deviceKeys: DeviceKeys;
  readonly messages: Messages;
  readonly mailDomains: MailDomains;
  readonly names: NameDirectory;
  readonly settings: SettingsDirectory;
}

/** The context inside of a transaction, and of a reader. */
export type AppTransaction = AppContext & TransactionScope<Repositories>;
export type ReadContext = AppContext & ReadScope<Repositories>;

/** What a test puts in place of the real thing. */
export interface Overrides extends FoundationOverrides {
  readonly hasher?: PasswordHasher;
  readonly assessor?: SignInAssessor;
  readonly factors?: FactorDirectory;
  readonly factorChallenges?: FactorChallenges;
  readonly factorRule?: FactorRule;
  readonly passkeys?: Passkeys;
  readonly removeFactors?: RemoveFactors;
  readonly deviceKeys?: DeviceKeys;
  readonly names?: NameDirectory;
  readonly settings?: SettingsDirectory;
}

/** The composition root. Nothing connects yet: an app starts, unready, while what it stands on is away. */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<AppContext> {
  const foundations = await createFoundations(config, { service: 'auth', entities, overrides });
  const { clock, keyrings, logger, redis } = foundations;
  const channel = createRevocationChannel(redis);
  const ctx: AppContext = {
    ...foundations,
    config,
    unitOfWork: foundations.unitOfWorkOf(createRepositories),
    keys: {
      keyEncryption: keyrings.open('kek'),
      blindIndex: keyrings.open('blind-index'),
      limits: keyrings.open('limits'),
      refresh: keyrings.open('refresh'),
      delivery: keyrings.open('delivery'),
    },
    hasher: overrides.hasher ?? createPasswordHasher({ pepper: keyrings.open('pepper'), ...hashingOf(config) }),
    breachedPasswords: await openFilter(config, foundations),
    mailDomains: await createMailDomains(mailDomainsOf(config)),
    clientRegistry: createClientRegistry(),
    keyRing: createKeyRing(),
    revocationChannel: channel,
    userFeed: createUserFeed(),
    // Whoever issues the tokens checks them by its own keys and its own list of revocations, without a call.
    verifier: createVerifier({
      issuer: config.TOKEN_ISSUER,
      audiences: Object.values(audiences),
      jwks: { load: async () => ({ document: listPublicKeys(ctx.keyRing) }) },
      feed: createRevocationFeed({ channel, refill: (since) => readRevocations(ctx, since), clock, logger }),
      clock,
      logger,
    }),
    ...adaptersOf(config, foundations, overrides),
  };
  return ctx;
}

function hashingOf(config: Config): Pick<PasswordHasherOptions, 'parameters' | 'verifyMinMs'> {
  const { ARGON2_MEMORY_KIB: memoryKib, ARGON2_ITERATIONS: iterations, ARGON2_PARALLELISM: parallelism } = config;
  return { parameters: { memoryKib, iterations, parallelism }, verifyMinMs: config.PASSWORD_CHECK_MIN_MS };
}

function mailDomainsOf(config: Config): MailDomainOptions {
  const { REFUSE_DISPOSABLE_EMAILS: refuseDisposable, CHECK_EMAIL_DOMAINS: checkExchangers } = config;
  return { refuseDisposable, checkExchangers, servers: config.DNS_SERVERS, budgetMs: config.EMAIL_DOMAIN_BUDGET_MS };
}

/** @throws PasswordFilterInvalid */
async function openFilter({ BREACHED_PASSWORDS_FILE: file }: Config, { logger }: Foundations) {
  if (file === undefined) {
    const hint = 'build a filter with "pnpm ops passwords build-filter" and name it in BREACHED_PASSWORDS_FILE';
    logger.warn({ component: 'passwords' }, `breached passwords are refused by the short built-in list alone: ${hint}`);
    return undefined;
  }
  const filter = await openBreachedPasswords(file);
  const text = `${filter.keys} breached passwords are refused, and one good one in ${1 / filter.falsePositiveRate}`;
  logger.info({ component: 'passwords' }, text);
  if (!filter.isPrecise) {
    const hint =
      'a good one may be hit, so at sign-ins the built-in list alone counts: build the filter with --bits 32';
    logger.warn(
      { component: 'passwords' },
      `passwords that were breached since they were chosen are not found: ${hint}`,
    );
  }
  return filter;
}

function adaptersOf(config: Config, { clock, logger, metrics }: Foundations, overrides: Overrides) {
  const rpc = { tls: tlsFilesOf(config), logger, metrics };
  const mfa = { ...rpc, baseUrl: config.MFA_RPC_URL, serverUri: 'spiffe://bank/app/mfa' };
  const device = { ...rpc, baseUrl: config.DEVICE_RPC_URL, serverUri: 'spiffe://bank/app/device' };
  const profile = { ...rpc, baseUrl: config.PROFILE_RPC_URL, serverUri: 'spiffe://bank/app/profile' };
  return {
    assessor: overrides.assessor ?? createSignInAssessor(device),
    deviceKeys: overrides.deviceKeys ?? createDeviceKeys(device),
    factors: overrides.factors ?? createFactorDirectory(mfa),
    factorChallenges: overrides.factorChallenges ?? createFactorChallenges(mfa),
    factorRule: overrides.factorRule ?? createFactorRule(mfa),
    passkeys: overrides.passkeys ?? createPasskeys(mfa),
    removeFactors: overrides.removeFactors ?? createFactorRemoval(mfa),
    names: overrides.names ?? createNameDirectory(profile),
    settings: overrides.settings ?? createSettingsDirectory(profile),
    messages: createMessages(config, { clock, metrics, rpc }),
  };
}
