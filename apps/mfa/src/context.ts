import { createFoundations, type Foundations, type Overrides } from '@bank/composition';
import type { TransactionalContext } from '@bank/database';
import type { Config } from '#config.ts';
import { entities } from '#storage/entities.ts';
import { FactorRepository } from '#storage/factor.repository.ts';
import { SubjectRepository } from '#storage/subject.repository.ts';

export interface Repositories {
  readonly factors: FactorRepository;
  readonly subjects: SubjectRepository;
}

/** What every feature is handed: the foundations of any app, and this one's repositories behind its unit of work. */
export interface AppContext extends Foundations, TransactionalContext<Repositories> {}

/** The composition root. Nothing connects yet: an app starts, unready, while what it stands on is away. */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<AppContext> {
  const foundations = await createFoundations(config, { service: 'mfa', entities, overrides });
  return {
    ...foundations,
    unitOfWork: foundations.unitOfWorkOf((em) => ({
      factors: new FactorRepository(em),
      subjects: new SubjectRepository(em, foundations.vault),
    })),
  };
}
