import { createFoundations, type Foundations, type Overrides } from '@bank/composition';
import type { TransactionalContext } from '@bank/database';
import type { Config } from '#config.ts';
import { DeviceRepository } from '#storage/device.repository.ts';
import { entities } from '#storage/entities.ts';
import { SignInRepository } from '#storage/sign-in.repository.ts';

export interface Repositories {
  readonly devices: DeviceRepository;
  readonly signIns: SignInRepository;
}

/** What every feature is handed: the foundations of any app, and this one's repositories behind its unit of work. */
export interface AppContext extends Foundations, TransactionalContext<Repositories> {}

/** The composition root. Nothing connects yet: an app starts, unready, while what it stands on is away. */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<AppContext> {
  const foundations = await createFoundations(config, { service: 'device', entities, overrides });
  return {
    ...foundations,
    unitOfWork: foundations.unitOfWorkOf((em) => ({
      devices: new DeviceRepository(em),
      signIns: new SignInRepository(em),
    })),
  };
}
