import type { EntityManager } from '@mikro-orm/postgresql';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { endsConnection } from '#connection/failures.ts';
import { ormContext, writes } from '#connection/orm-context.ts';
import { type GroupedStatement, StatementGroup, toWire } from '#connection/statement-group.ts';
import type { StatementNames } from '#connection/statement-names.ts';

/** A statement with `$1, $2, …`, and what they stand for. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

/** Whatever runs statements: a pool, or one connection with a transaction open on it. */
export interface StatementRunner {
  query(sql: string, params: readonly unknown[]): Promise<pg.QueryResult>;
}

interface Waiting extends GroupedStatement {
  readonly resolve: (result: pg.QueryResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One connection of the pool while transactions are open on it, one after another. Statements that are sent side by
 * side go to the server together, in their order, in one round trip: when one fails, all of them fail, as the
 * transaction has. The ORM uses it through `orm`.
 */
export class Session implements StatementRunner {
  readonly orm: Kysely<unknown>;
  readonly #client: pg.PoolClient;
  readonly #names: StatementNames;
  readonly #prepared = new Set<string>();
  readonly #waiting: Waiting[] = [];
  #isBusy = false;
  #isOver = true;
  #rowsWritten = 0;

  private constructor(client: pg.PoolClient, names: StatementNames) {
    this.#client = client;
    this.#names = names;
    this.orm = ormContext((sql, params) => this.query(sql, params));
    byOrmContext.set(this.orm, this);
  }

  /** The session of a connection; made once, since the ORM's part is not cheap. */
  static of(client: pg.PoolClient, names: StatementNames): Session {
    const known = byClient.get(client) ?? new Session(client, names);
    byClient.set(client, known);
    return known;
  }

  /** Opens a transaction. Need not be awaited: it travels with the first statement, which fails when it does. */
  begin(): Promise<pg.QueryResult> {
    this.#isOver = false;
    return this.#enqueue('begin');
  }

  async query(sql: string, params: readonly unknown[] = []): Promise<pg.QueryResult> {
    if (this.#isOver) throw new TransactionOver();
    return this.#enqueue(sql, params);
  }

  /** Runs a statement outside of a transaction. */
  alone(sql: string, params: readonly unknown[]): Promise<pg.QueryResult> {
    return this.#enqueue(sql, params);
  }

  /** Ends the transaction; the last statements travel with the commit. Nothing comes after it until the next one begins. */
  async commit(last: readonly Statement[] = []): Promise<pg.QueryResult> {
    const written = last.map(({ sql, params }) => this.query(sql, params));
    this.#isOver = true;
    const [ended] = await Promise.all([this.#enqueue('commit'), ...written]);
    return ended;
  }

  /** Ends the transaction. What waits to be sent is refused: a failed transaction would let it take the rollback along. */
  rollback(): Promise<pg.QueryResult> {
    this.#isOver = true;
    for (const { reject } of this.#waiting.splice(0)) reject(new TransactionOver());
    return this.#enqueue('rollback');
  }

  /** How many rows were inserted, changed or deleted since the session began, transaction after transaction. */
  get rowsWritten(): number {
    return this.#rowsWritten;
  }

  async #enqueue(sql: string, params: readonly unknown[] = []): Promise<pg.QueryResult> {
    const { promise, resolve, reject } = Promise.withResolvers<pg.QueryResult>();
    this.#waiting.push({ sql, name: this.#names.nameOf(sql), values: toWire(params), resolve, reject });
    // Not at once: what is sent side by side is still being called.
    if (this.#waiting.length === 1 && !this.#isBusy) queueMicrotask(() => this.#send());
    try {
      return await promise;
    } catch (error) {
      // The driver's stack begins at its socket; this one says whose statement it was.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    }
  }

  #send(): void {
    if (this.#waiting.length === 0) return;
    const group = this.#waiting.splice(0);
    this.#isBusy = true;
    this.#client.query(
      new StatementGroup(group, this.#prepared, (error, results) => {
        this.#isBusy = false;
        this.#send();
        for (const [index, { resolve, reject }] of group.entries()) {
          const result = results?.[index];
          if (error !== null || result === undefined) {
            reject(error);
            continue;
          }
          this.#rowsWritten += writes.has(result.command) ? (result.rowCount ?? 0) : 0;
          resolve(result);
        }
      }),
    );
  }
}

const byClient = new WeakMap<pg.PoolClient, Session>();
const byOrmContext = new WeakMap<object, Session>();
const runners = new WeakMap<object, StatementRunner>();
const announced = new WeakMap<EntityManager, StatementRunner>();

const over = ormContext(async () => {
  throw new TransactionOver();
});

/** Something that was written within a transaction was not awaited. */
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

/**
 * Announces that an entity manager outside of any transaction runs one statement, which is one by itself: without BEGIN and COMMIT it
 * takes one round trip. A second one is refused, since both together would be no transaction.
 */
export function enterStatement(em: EntityManager): void {
  const runner = runnerOf(em);
  let isUsed = false;
  announced.set(em, {
    async query(sql, params) {
      if (isUsed) throw new Error('one statement was announced, and this is another: use withTransaction');
      isUsed = true;
      return await runner.query(sql, params);
    },
  });
}

/** From now on the entity manager does nothing at all: its connection belongs to somebody else. */
export function leaveTransaction(em: EntityManager): void {
  em.setTransactionContext(over);
}

/** Statements of entity managers without a transaction run on this pool. */
export function registerPool(em: EntityManager, pool: pg.Pool, names: StatementNames): void {
  runners.set(em.getDriver(), {
    async query(sql, params) {
      const client = await pool.connect();
      let isOver = false;
      try {
        return await Session.of(client, names).alone(sql, params);
      } catch (error) {
        isOver = endsConnection(error);
        throw error;
      } finally {
        client.release(isOver);
      }
    },
  });
}

/** What runs an entity manager's statements. @throws TransactionOver, Error in a transaction that is not of ours */
export function runnerOf(em: EntityManager): StatementRunner {
  const context: object | undefined = em.getTransactionContext();
  const runner = context === undefined ? (announced.get(em) ?? runners.get(em.getDriver())) : byOrmContext.get(context);
  if (runner !== undefined) return runner;
  throw context === over ? new TransactionOver() : new Error('open transactions with withTransaction');
}

/** How many rows the session of an entity manager's transaction has written so far; what was only locked does not count. */
export function rowsWritten(em: EntityManager): number {
  const context: object | undefined = em.getTransactionContext();
  return context === undefined ? 0 : (byOrmContext.get(context)?.rowsWritten ?? 0);
}
