import { createFoundations, type Foundations, type Overrides } from '@bank/composition';
import type { TransactionalContext } from '@bank/database';
import type { Config } from '#config.ts';
import { ConsentRepository } from '#storage/consent.repository.ts';
import { entities } from '#storage/entities.ts';
import { ProfileRepository } from '#storage/profile.repository.ts';
import { SettingsRepository } from '#storage/settings.repository.ts';
import { createSettingsCache, type SettingsCache } from '#storage/settings-cache.ts';

export interface Repositories {
  readonly profiles: ProfileRepository;
  readonly settings: SettingsRepository;
  readonly consents: ConsentRepository;
}

/** What every feature is handed: the foundations of any app, and this one's repositories behind its unit of work. */
export interface AppContext extends Foundations, TransactionalContext<Repositories> {
  readonly config: Config;
  readonly settingsCache: SettingsCache;
}

/** The composition root. Nothing connects yet: an app starts, unready, while what it stands on is away. */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<AppContext> {
  const foundations = await createFoundations(config, { service: 'profile', entities, overrides });
  return {
    ...foundations,
    config,
    settingsCache: createSettingsCache(foundations.redis),
    unitOfWork: foundations.unitOfWorkOf((em) => ({
      profiles: new ProfileRepository(em, foundations.vault),
      settings: new SettingsRepository(em),
      consents: new ConsentRepository(em),
    })),
  };
}
