import { type Keyring, SealBroken } from '@bank/security';
import type { Database } from '#connection/database.ts';
import { DataKeyRepository } from '#pii/data-key.repository.ts';
import type { WrappedKey } from '#pii/data-key.ts';
import { unwrapDataKey, wrapDataKey } from '#pii/wrapping.ts';
import { runTransaction } from '#transaction/run-transaction.ts';

const BATCH = 200;
const NIL_UUID = '00000000-0000-0000-0000-000000000000';

export interface RewrapReport {
  readonly rewrapped: number;
  /** Ids of keys that do not unwrap: damaged, or moved from another user. They stay as they are. */
  readonly broken: readonly string[];
}

/**
 * Wraps every data key under the current KEK again, in small transactions, until none is left under an older one of the
 * keyring. Sealed records stay as they are. Several may run it at once, beside processes that use the keys; one that is killed loses
 * a batch, and the next run goes on with what is left. `onBatch` is told how many are done so far.
 */
export async function rewrapDataKeys(
  database: Database,
  keyring: Keyring,
  onBatch?: (rewrapped: number) => void,
): Promise<RewrapReport> {
  const broken: string[] = [];
  let rewrapped = 0;
  let after: string | undefined = NIL_UUID;
  while (after !== undefined) {
    const batch = await rewrapBatch(database, keyring, after);
    rewrapped += batch.rewrapped;
    broken.push(...batch.broken);
    after = batch.last;
    onBatch?.(rewrapped);
  }
  return { rewrapped, broken };
}

/** How many data keys each KEK wraps, by its id. By what is stored, so that a KEK which no keyring has any more is seen. */
export async function dataKeysByKek(database: Database): Promise<ReadonlyMap<string, number>> {
  const counted = await new DataKeyRepository(database.fork(), database.schema).countByKek();
  return new Map(counted.map(({ kekId, count }) => [kekId, count]));
}

/** One batch in the order of ids; `last` is where the next one begins, if there is one. */
function rewrapBatch(
  database: Database,
  keyring: Keyring,
  after: string,
): Promise<RewrapReport & { readonly last: string | undefined }> {
  const [, ...older] = keyring.all().map(({ id }) => id);
  return runTransaction(database, async (em) => {
    const repository = new DataKeyRepository(em, database.schema);
    const keys = await repository.claimUnder(older, after, BATCH);
    const done = keys.map((key) => rewrapKey(keyring, database.schema, key)).filter((key) => key !== undefined);
    await repository.rewrap(done);
    const saved = new Set(done.map(({ id }) => id));
    const broken = keys.map(({ id }) => id).filter((id) => !saved.has(id));
    return { rewrapped: done.length, broken, last: keys.at(-1)?.id };
  });
}

function rewrapKey(keyring: Keyring, schema: string, key: WrappedKey): WrappedKey | undefined {
  try {
    return wrapDataKey(keyring, schema, key, unwrapDataKey(keyring, schema, key, key.wrapped));
  } catch (error) {
    if (error instanceof SealBroken) {
      return undefined;
    }
    throw error;
  }
}
