import { Migration } from '@mikro-orm/migrations';
import { identifier } from '#connection/identifier.ts';

/** One connection of the migrator, outside of a transaction. */
export interface MigrationSession {
  /** Runs one statement; how many rows it changed. */
  run(sql: string): Promise<number>;
  rows<T>(sql: string, params: readonly unknown[]): Promise<readonly T[]>;
  /** Runs `work` again, after a pause, when it gave up waiting for a lock. */
  again<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * A migration that cannot be one transaction. It is recorded when it has come to its end; one that was interrupted is begun
 * again, so each of its steps can be repeated.
 */
export abstract class SteppedMigration extends Migration {
  /** Said by a migration that takes something away: the release since which nothing uses it. */
  readonly unusedSince: string | undefined = undefined;

  /** The statements as one would write them by hand: what is checked, and remembered as what ran. */
  abstract statements(): readonly string[];

  /** Does the work. */
  abstract perform(session: MigrationSession): Promise<void>;

  override up(): void {
    throw new Error('a migration of several steps is run by createMigrator alone');
  }
}

const BATCH_TIMEOUT = '30s';

/** Fills or changes rows of a table that is in use, some at a time: nobody waits for more than one batch. */
export abstract class BackfillMigration extends SteppedMigration {
  /**
   * One statement that changes a limited number of rows, and none once all are done. It is run until then, each time in a
   * transaction of its own.
   */
  abstract batch(): string;

  override statements(): readonly string[] {
    return [this.batch()];
  }

  override async perform(session: MigrationSession): Promise<void> {
    await session.run(`set statement_timeout = '${BATCH_TIMEOUT}'`);
    for (let changed = 1; changed > 0; ) {
      changed = await session.again(() => session.run(this.batch()));
    }
  }
}

/** `<schema>.<name>` in its two parts. @throws Error when a part is not a plain identifier */
export function qualified(name: string): { readonly schema: string; readonly name: string } {
  const [schema = '', own = '', ...rest] = name.split('.');
  if (rest.length > 0) throw new Error(`not a name in a schema: ${name}`);
  return { schema: identifier(schema), name: identifier(own) };
}
