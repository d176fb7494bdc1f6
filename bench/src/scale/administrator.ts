import type { Stack } from '@bank/scripts/stack';
import { connectionOf } from '@bank/test-bed';
import pg from 'pg';

/** A stack, as far as its database is concerned. */
export interface StackDatabase {
  readonly stores: Pick<Stack['stores'], 'postgres'>;
  readonly environments: Pick<Stack['environments'], 'auth'>;
}

/** Runs `work` as the administrator of the stack's Postgres, in one of its databases; in the one of its address unless named. */
export async function asAdministrator<T>(
  { stores }: Pick<StackDatabase, 'stores'>,
  work: (client: pg.Client) => Promise<T>,
  database?: string,
): Promise<T> {
  const { adminUrl, caFile } = stores.postgres;
  const address = new URL(adminUrl);
  if (database !== undefined) address.pathname = `/${database}`;
  const client = new pg.Client(connectionOf({ DATABASE_URL: address.href, DATABASE_CA_FILE: caFile }));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The database that the apps of a stack work in. */
export function databaseNameOf({ environments }: Pick<StackDatabase, 'environments'>): string {
  return new URL(environments.auth['DATABASE_URL'] ?? '').pathname.slice(1);
}
