import type { EntityManager } from '@mikro-orm/postgresql';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { ormContext, writes } from '#connection/orm-context.ts';

/** Whatever runs statements: a pool, or one connection with a transaction open on it. */
export interface StatementRunner {
  query(sql: string, params: readonly unknown[]): Promise<pg.QueryResult>;
}

/**
 * One connection of the pool while transactions are open on it, one after another. Statements that are sent side by
 * side queue up. The ORM uses it through `orm`.
 */
export class Session implements StatementRunner {
  readonly orm: Kysely<unknown>;
  readonly #client: pg.PoolClient;
  #last: Promise<unknown> | undefined;
  #rowsWritten = 0;

  private constructor(client: pg.PoolClient) {
    this.#client = client;
    this.orm = ormContext((sql, params) => this.query(sql, params));
    byOrmContext.set(this.orm, this);
  }

  /** The session of a connection; made once, since the ORM's part is not cheap. */
  static of(client: pg.PoolClient): Session {
    const known = byClient.get(client) ?? new Session(client);
    byClient.set(client, known);
    return known;
  }

  query(sql: string, params: readonly unknown[] = []): Promise<pg.QueryResult> {
    const run = () => this.#client.query(sql, [...params]);
    const result = this.#last === undefined ? run() : this.#last.then(run);
    const settled = result.then(({ command, rowCount }) => {
      this.#rowsWritten += writes.has(command) ? (rowCount ?? 0) : 0;
    }, ignore);
    this.#last = settled;
    void settled.then(() => {
      if (this.#last === settled) {
        this.#last = undefined;
      }
    });
    return result;
  }

  /** How many rows were inserted, changed or deleted since the session began, transaction after transaction. */
  get rowsWritten(): number {
    return this.#rowsWritten;
  }
}

const byClient = new WeakMap<pg.PoolClient, Session>();
const byOrmContext = new WeakMap<object, Session>();
const pools = new WeakMap<object, pg.Pool>();

const over = ormContext(async () => {
  throw new TransactionOver();
});

/** Somebody did not await what he wrote within a transaction. */
export class TransactionOver extends Error {
  override readonly name = 'TransactionOver';

  constructor() {
    super('the transaction is over: await everything that happens within it');
  }
}

/** Makes everything an entity manager does part of the transaction on a session. */
export function enterTransaction(em: EntityManager, session: Session): void {
  em.setTransactionContext(session.orm);
}

/** From now on the entity manager does nothing at all: its connection belongs to somebody else. */
export function leaveTransaction(em: EntityManager): void {
  em.setTransactionContext(over);
}

/** Statements of entity managers without a transaction run on this pool. */
export function registerPool(em: EntityManager, pool: pg.Pool): void {
  pools.set(em.getDriver(), pool);
}

/** What runs an entity manager's statements. @throws TransactionOver, Error in a transaction that is not of ours */
export function runnerOf(em: EntityManager): StatementRunner {
  const context: object | undefined = em.getTransactionContext();
  const runner = context === undefined ? pools.get(em.getDriver()) : byOrmContext.get(context);
  if (runner !== undefined) {
    return runner as StatementRunner;
  }
  throw context === over ? new TransactionOver() : new Error('open transactions with withTransaction');
}

/** How many rows the session of an entity manager's transaction has written so far; what was only locked does not count. */
export function rowsWritten(em: EntityManager): number {
  const context: object | undefined = em.getTransactionContext();
  return context === undefined ? 0 : (byOrmContext.get(context)?.rowsWritten ?? 0);
}

function ignore(): void {}
