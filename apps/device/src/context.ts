import { createFoundations, type Foundations, type Overrides, tlsFilesOf } from '@bank/composition';
import type { TransactionalContext, TransactionScope } from '@bank/database';
import { createFactorRule, type FactorRule } from '#adapters/factors/factor-rule.ts';
import { createSessionEnder, type SessionEnder } from '#adapters/sessions/session-ender.ts';
import { createUserDirectory, type UserDirectory } from '#adapters/users/user-directory.ts';
import type { Config } from '#config.ts';
import { DeviceRepository } from '#storage/device.repository.ts';
import { DeviceKeyRepository } from '#storage/device-key.repository.ts';
import { DeviceNameRepository } from '#storage/device-name.repository.ts';
import { entities } from '#storage/entities.ts';
import { KeyChallengeRepository } from '#storage/key-challenge.repository.ts';
import { SignInRepository } from '#storage/sign-in.repository.ts';

export interface Repositories {
  readonly devices: DeviceRepository;
  readonly deviceNames: DeviceNameRepository;
  readonly deviceKeys: DeviceKeyRepository;
  readonly keyChallenges: KeyChallengeRepository;
  readonly signIns: SignInRepository;
}

/** What every feature is handed: the foundations of any app, and this one's repositories behind its unit of work. */
export interface AppContext extends Foundations, TransactionalContext<Repositories> {
  readonly config: Config;
  readonly factorRule: FactorRule;
  readonly sessions: SessionEnder;
  readonly users: UserDirectory;
}

/** The context inside of a transaction. */
export type AppTransaction = AppContext & TransactionScope<Repositories>;

/** The composition root. Nothing connects yet: an app starts, unready, while what it stands on is away. */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<AppContext> {
  const foundations = await createFoundations(config, { service: 'device', entities, overrides });
  const { logger, metrics } = foundations;
  const rpc = { tls: tlsFilesOf(config), logger, metrics };
  const auth = { ...rpc, baseUrl: config.AUTH_RPC_URL, serverUri: 'spiffe://bank/app/auth' };
  const mfa = { ...rpc, baseUrl: config.MFA_RPC_URL, serverUri: 'spiffe://bank/app/mfa' };
  return {
    ...foundations,
    config,
    factorRule: createFactorRule(mfa),
    sessions: createSessionEnder(auth),
    users: createUserDirectory(auth),
    unitOfWork: foundations.unitOfWorkOf((em) => ({
      devices: new DeviceRepository(em),
      deviceNames: new DeviceNameRepository(em, foundations.vault),
      deviceKeys: new DeviceKeyRepository(em),
      keyChallenges: new KeyChallengeRepository(em),
      signIns: new SignInRepository(em),
    })),
  };
}
