import type { Secret } from '@bank/domain';
import { type EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { translateFailure } from '#connection/failures.ts';
import { Listener, type StopListening } from '#connection/listener.ts';
import { type Entities, ormOptions } from '#connection/orm-options.ts';
import { freeBrokenConnections } from '#connection/pool.ts';
import { registerPool } from '#connection/session.ts';
import { breakWhenSilent } from '#connection/statement-deadline.ts';
import { createStatementNames, noStatementNames, type StatementNames } from '#connection/statement-names.ts';
import { createWaker } from '#connection/waker.ts';

/** Where measurements go; the `Metrics` of @bank/observability satisfies it. */
export interface DatabaseMetrics {
  watchPool(pool: string, state: () => { size: number; idle: number; waiting: number }): void;
}

export interface DatabaseOptions {
  /** The app role's address; a pooler in transaction mode will do. */
  readonly url: Secret;
  /** An address without a pooler in between, for LISTEN; `url` unless given. With one that differs no statement is named. */
  readonly directUrl?: Secret;
  readonly schema: string;
  readonly entities: Entities;
  /** PEM file of the authority that signed the server's certificate; without it the connection is plain. */
  readonly caFile?: string | undefined;
  readonly poolMax: number;
  /** After which a connection is given up whose server says nothing; 25 s, 10 s above `statement_timeout`, unless told. */
  readonly statementDeadlineMs?: number;
  readonly service: string;
  readonly metrics?: DatabaseMetrics;
}

export interface Database {
  readonly orm: MikroORM;
  /** The connections under the entity managers. */
  readonly pool: pg.Pool;
  readonly statementNames: StatementNames;
  readonly schema: string;
  readonly service: string;
  /** An entity manager for one request or message. */
  fork(): EntityManager;
  /** @throws service.unavailable */
  ping(): Promise<void>;
  /** Calls `onNotify` at each NOTIFY on the channel, and once after a reconnection. Survives a server that is down. */
  listen(channel: string, onNotify: () => void): Promise<StopListening>;
  /** NOTIFYs the channel soon, many calls becoming one. Never fails: a notification only spares somebody a poll. */
  notifySoon(channel: string): void;
  close(): Promise<void>;
}

/** Opens the pool of one service. It does not connect yet: a service starts, unready, while its database is away. */
export async function connectDatabase(options: DatabaseOptions): Promise<Database> {
  const orm = await MikroORM.init(ormOptions(options));
  const pool = await orm.em.getConnection().getNativeClient();
  freeBrokenConnections(pool);
  pool.on('connect', (client) => breakWhenSilent(client, options.statementDeadlineMs));
  const statementNames = isPooled(options) ? noStatementNames : createStatementNames();
  registerPool(orm.em, pool, statementNames);
  const listener = new Listener({ ...options, url: options.directUrl ?? options.url });
  const waker = createWaker((sql, parameters) => pool.query(sql, [...parameters]));
  options.metrics?.watchPool('postgres', () => ({
    size: pool.totalCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount,
  }));
  return {
    orm,
    pool,
    statementNames,
    schema: options.schema,
    service: options.service,
    fork: () => orm.em.fork(),
    async ping() {
      await pool.query('select 1').catch(rethrowTranslated);
    },
    listen: (channel, onNotify) => listener.listen(channel, onNotify),
    notifySoon: waker.notifySoon,
    async close() {
      await listener.close();
      await waker.settled();
      await orm.close();
    },
  };
}

function isPooled({ url, directUrl }: DatabaseOptions): boolean {
  return directUrl !== undefined && directUrl.reveal() !== url.reveal();
}

function rethrowTranslated(error: unknown): never {
  throw translateFailure(error);
}
