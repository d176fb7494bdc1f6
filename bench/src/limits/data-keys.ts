import { join } from 'node:path';
import { open, openKeyring, openWith } from '@bank/security';
import type pg from 'pg';

interface WrappedKey {
  readonly id: string;
  readonly userId: string;
  readonly keyClass: string;
  readonly wrapped: Uint8Array;
}

/** Where something sealed stands, as its app names it. */
export interface Place {
  readonly userId: string;
  readonly table: string;
  readonly group: string;
  readonly keyClass: 'erasable' | 'retained';
}

/** Opens what an app has sealed. The data keys are unwrapped before, as the app remembers them. @throws Error */
export async function openerOf(pool: pg.Pool, schema: string): Promise<(place: Place, sealed: Uint8Array) => object> {
  const file = join(process.env['KEYRING_DIR'] ?? '', 'kek.json');
  const keyring = openKeyring(file, { name: 'kek', allowDevelopmentKeys: true });
  const { rows } = await pool.query<WrappedKey>(
    `select id, user_id as "userId", key_class as "keyClass", wrapped from ${schema}.data_keys where wrapped is not null`,
  );
  keyring.close();
  const keys = new Map(
    rows.map(({ id, userId, keyClass, wrapped }) => {
      const bytes = openWith(keyring, wrapped, JSON.stringify(['data-key', schema, userId, keyClass, id]));
      return [`${userId} ${keyClass}`, { id, bytes }];
    }),
  );
  return ({ userId, table, group, keyClass }, sealed) => {
    const key = keys.get(`${userId} ${keyClass}`);
    if (key === undefined) throw new Error('there is no such data key');
    const place = JSON.stringify(['pii', schema, table, group, userId, keyClass]);
    return JSON.parse(Buffer.from(open(key, sealed, place)).toString('utf8')) as object;
  };
}
