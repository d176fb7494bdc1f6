import { createHash } from 'node:crypto';
import type { Migration } from '@mikro-orm/migrations';
import type { Constructor } from '@mikro-orm/postgresql';
import { IndexMigration } from '#migrations/index-migration.ts';
import { SqlMigration } from '#migrations/sql-migration.ts';
import { BackfillMigration, SteppedMigration } from '#migrations/steps.ts';
import { ValidationMigration } from '#migrations/validation-migration.ts';

/** A migration under the name by which it is remembered. Listed by hand, so that a bundle has them too. */
export interface NamedMigration {
  readonly name: string;
  readonly class: Constructor<Migration>;
}

/** `transaction`: its statements together. `validation`: the same, however long it takes. The others: step by step. */
export type MigrationKind = 'transaction' | 'validation' | 'index' | 'backfill';

/** What a migration is going to do. */
export interface MigrationPlan {
  readonly name: string;
  readonly kind: MigrationKind;
  readonly statements: readonly string[];
  /** The release since which nothing uses what it takes away. */
  readonly unusedSince: string | undefined;
  /** Of kind and statements (SHA-256, hex): another one means that it is another migration. */
  readonly checksum: string;
}

/** Reads a migration without running it. @throws Error for one of no kind that the migrator knows, or that runs otherwise than its kind */
export function planOf({ name, class: Kind }: NamedMigration): MigrationPlan {
  const migration = new Kind();
  const kind = kindOf(migration);
  if (kind === undefined || !(migration instanceof SqlMigration || migration instanceof SteppedMigration)) {
    throw new Error(`${name} is no migration of a kind that @bank/database runs, so nothing bounds its locks`);
  }
  if (!runsAsItsKind(migration, kind)) {
    throw new Error(`${name} runs in a way of its own, so that it may do something else than its statements say`);
  }
  const statements = [...migration.statements()];
  const checksum = createHash('sha256')
    .update(JSON.stringify([kind, ...statements]))
    .digest('hex');
  return { name, kind, statements, unusedSince: migration.unusedSince, checksum };
}

const ways = {
  transaction: SqlMigration.prototype,
  validation: ValidationMigration.prototype,
  index: IndexMigration.prototype,
  backfill: BackfillMigration.prototype,
} satisfies Record<MigrationKind, object>;

/** A migration says what is done. How it runs, and where its statements come from, its kind says. */
function runsAsItsKind(migration: Migration, kind: MigrationKind): boolean {
  const parts = ['up', 'perform', 'statements', 'isTransactional', 'statementTimeout'];
  return parts.every((part) => {
    const way: unknown = Reflect.get(ways[kind], part);
    return way === undefined || Reflect.get(migration, part) === way;
  });
}

function kindOf(migration: Migration): MigrationKind | undefined {
  if (migration instanceof IndexMigration) return 'index';
  if (migration instanceof BackfillMigration) return 'backfill';
  if (migration instanceof ValidationMigration) return 'validation';
  return migration instanceof SqlMigration ? 'transaction' : undefined;
}
