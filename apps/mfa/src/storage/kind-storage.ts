import type { DataRights, Growth, PiiVault } from '@bank/database';
import type { EntityManager } from '@mikro-orm/postgresql';

/** What repositories are made of, in one unit of work. */
export interface UnitParts {
  readonly em: EntityManager;
  readonly vault: PiiVault;
}

/** What of a kind's tables users are given, and what becomes of it. They are erased before those of all kinds, which they refer to. */
export type KindRights = Partial<Omit<DataRights, 'schema'>>;

/** What keeps a kind's tables from growing for good. */
export type KindGrowth = Partial<Omit<Growth, 'schema'>>;

/** What all folders declare, as one. */
export function joined<T>(declared: readonly Readonly<Record<string, T>>[]): Readonly<Record<string, T>> {
  return Object.assign({}, ...declared);
}
