import { createTokenIndex, type Database, dataKeysByKek } from '@bank/database';
import { sealedKeyId } from '@bank/security';
import { type AppKeys, olderIds } from '#ops/pii/apps.ts';

/** What a key is still needed for: how many of each kind of thing. Nothing when it may leave its keyring. */
export type Need = Readonly<Record<string, number>>;

/** More of them are not counted one by one. */
const countedMost = 1_000_000;

/** What every older key of a keyring of the app is still needed for. */
export async function needOfOlderKeys(keys: AppKeys, keyring: string): Promise<Readonly<Record<string, Need>>> {
  const needs: Record<string, Need> = {};
  for (const id of olderIds(await keys.keyring(keyring))) needs[id] = await needOf(keys, keyring, id);
  return needs;
}

/**
 * Key-encryption keys that the keyring lacks although something is wrapped under them, which no process can open: a process
 * wrapped with a key that was taken away, or the tables are older than the keyring.
 */
export async function needOfMissingKeys(keys: AppKeys): Promise<Readonly<Record<string, Need>>> {
  const there = new Set((await keys.keyring('kek')).all().map(({ id }) => id));
  const counts = Object.entries(await countsByKek(keys));
  const ids = new Set(counts.flatMap(([, byKek]) => [...byKek.keys()]));
  const missing = [...ids].filter((id) => !there.has(id)).sort();
  return Object.fromEntries(missing.map((id) => [id, needUnder(id, counts)]));
}

/** What one key of a keyring is still needed for. Of keyrings other than the two that are counted nothing is known. */
export async function needOf(keys: AppKeys, keyring: string, keyId: string): Promise<Need> {
  if (keyring === 'kek') {
    return needUnder(keyId, Object.entries(await countsByKek(keys)));
  }
  if (keyring === 'blind-index' && keys.app === 'profile') {
    return onlyNeeded({
      'profiles that wait for the search': await profilesBehind(keys, keyId),
      'digests of accounts': await digestsUnder(keys.database, keyId),
    });
  }
  if (keyring === 'blind-index' && keys.app === 'auth') {
    const sql = 'select count(*)::int as count from auth.identifiers where key_id = $1';
    const { rows } = await keys.database.pool.query<{ count: number }>(sql, [keyId]);
    return onlyNeeded({ addresses: rows[0]?.count ?? 0 });
  }
  return {};
}

/** Forgets what profile's search has under a key that nobody needs. Gives how many terms. */
export async function forgetTerms(keys: AppKeys, keyId: string): Promise<number> {
  const keyring = await keys.keyring('blind-index');
  const tokens = createTokenIndex({ schema: 'profile', table: 'search_tokens', keyring });
  let forgotten = 0;
  let batch: number;
  do {
    batch = await tokens.forgetUnder(keys.database.fork(), keyId, 5000);
    forgotten += batch;
  } while (batch > 0);
  return forgotten;
}

function onlyNeeded(counts: Need): Need {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

type CountByKey = ReadonlyMap<string, number>;

/** What lies wrapped in the tables of an app: how many of each kind under which key-encryption key. */
async function countsByKek({ app, database }: AppKeys): Promise<Readonly<Record<string, CountByKey>>> {
  const dataKeys = await dataKeysByKek(database);
  if (app !== 'auth') return { 'data keys': dataKeys };
  return { 'data keys': dataKeys, 'signing keys': await signingKeysByKek(database) };
}

function needUnder(keyId: string, counts: readonly (readonly [string, CountByKey])[]): Need {
  return onlyNeeded(Object.fromEntries(counts.map(([kind, byKek]) => [kind, byKek.get(keyId) ?? 0])));
}

/** The sealed record names its key. There are a handful of them. */
async function signingKeysByKek({ pool }: Database): Promise<CountByKey> {
  const { rows } = await pool.query<{ sealed: Buffer }>('select sealed_private as sealed from auth.signing_keys');
  const counts = new Map<string, number>();
  for (const { sealed } of rows) {
    const id = sealedKeyId(sealed);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** Values that are stored under every key that is live when they are written, and by no other afterwards. */
async function digestsUnder({ pool, schema }: Database, keyId: string): Promise<number> {
  const { rows } = await pool.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.columns
      where table_schema = $1 and column_name = 'key_id' and table_name like '%\\_digests'`,
    [schema],
  );
  let count = 0;
  for (const { name } of rows) {
    const counted = await pool.query<{ count: number }>(
      `select count(*)::int as count from ${name} where key_id = $1`,
      [keyId],
    );
    count += counted.rows[0]?.count ?? 0;
  }
  return count;
}

/** While one profile is not stored under the current key, the others cannot go: a search asks for all of them. */
async function profilesBehind({ database, keyring }: AppKeys, keyId: string): Promise<number> {
  const current = (await keyring('blind-index')).current().id;
  if (current === keyId) return 0;
  const sql = `select count(*)::int as count from (select 1 from profile.profiles
    where search_version is distinct from version or search_scheme not like '%.' || $1 limit $2) as behind`;
  const { rows } = await database.pool.query<{ count: number }>(sql, [current, countedMost]);
  return rows[0]?.count ?? 0;
}
