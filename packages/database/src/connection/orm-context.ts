import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type pg from 'pg';

type RunStatement = (sql: string, params: readonly unknown[]) => Promise<pg.QueryResult>;

/** The command tags of statements that write. */
export const writes: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** A transaction as MikroORM knows it: it only ever executes statements on it. */
export function ormContext(run: RunStatement): Kysely<unknown> {
  const driver = new SingleConnectionDriver(run);
  return new OrmTransaction({
    dialect: {
      createDriver: () => driver,
      createAdapter: () => new PostgresAdapter(),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    },
  });
}

class OrmTransaction extends Kysely<unknown> {
  /** What `em.transactional` asks for within a transaction. */
  savepoint = refuse;
}

/** Transactions begin and end with the unit of work alone, so this driver has nothing to open, nest or close. */
class SingleConnectionDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(run: RunStatement) {
    this.#connection = {
      async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
        const { rows, rowCount, command } = await run(sql, parameters);
        return { rows, ...(writes.has(command) ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
      },
      streamQuery: () => refuse(),
    };
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  beginTransaction = refuse;
  commitTransaction = refuse;
  rollbackTransaction = refuse;

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

function refuse(): never {
  throw new Error('transactions are opened, and joined, with withTransaction');
}
