import type pg from 'pg';
import { type AddressOptions, readAddress } from '#connection/address.ts';
import { valueTypes } from '#connection/value-types.ts';

export interface PoolOptions extends AddressOptions {
  readonly poolMax: number;
  /** Shown in pg_stat_activity. */
  readonly service: string;
}

const CONNECT_TIMEOUT_MS = 5000;
const IDLE_TIMEOUT_MS = 30_000;

/** Options of the pool. Nothing here needs a session, so that a pooler in transaction mode can stand in between. */
export function poolOptions({ poolMax, service, ...address }: PoolOptions): pg.PoolConfig {
  return {
    ...readAddress(address),
    max: poolMax,
    application_name: service,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: valueTypes,
  };
}

/**
 * Gives the place of a connection back to the pool when it breaks in the middle of a transaction. Kysely releases a
 * connection only after a commit or rollback that succeeded, so without this every transaction that is open while
 * Postgres restarts would take a place of the pool away for good.
 */
export function freeBrokenConnections(pool: pg.Pool): void {
  const taken = new WeakSet<pg.PoolClient>();
  pool.on('acquire', (client) => taken.add(client));
  pool.on('release', (_error, client) => taken.delete(client));
  pool.on('connect', (client) => {
    client.once('end', () => {
      if (taken.has(client)) {
        client.release(true);
        client.release = () => undefined; // should its borrower still return it, it is gone already
      }
    });
  });
}
