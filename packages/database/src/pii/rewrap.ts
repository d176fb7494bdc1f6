import type { Keyring } from '@bank/security';
import type { Database } from '#connection/database.ts';
import { DataKeyRepository } from '#pii/data-key.repository.ts';
import { unwrapDataKey, wrapDataKey } from '#pii/wrapping.ts';
import { runTransaction } from '#transaction/run-transaction.ts';

const BATCH = 200;

/**
 * Wraps every data key under the current KEK again, in small transactions, until none is left under an older one of the
 * keyring. Sealed records stay as they are. Replicas may run it at once. Gives how many it did.
 */
export async function rewrapDataKeys(database: Database, keyring: Keyring): Promise<number> {
  let total = 0;
  for (;;) {
    const done = await rewrapBatch(database, keyring);
    total += done;
    if (done < BATCH) {
      return total;
    }
  }
}

/** How many data keys a KEK still wraps; at 0 it may leave the keyring. */
export function dataKeysUnder(database: Database, kekId: string): Promise<number> {
  return new DataKeyRepository(database.fork(), database.schema).countUnder(kekId);
}

function rewrapBatch({ schema, ...database }: Database, keyring: Keyring): Promise<number> {
  const [, ...older] = keyring.all().map(({ id }) => id);
  return runTransaction(database, async (em) => {
    const repository = new DataKeyRepository(em, schema);
    const keys = await repository.claimUnder(older, BATCH);
    const rewrapped = keys.map((key) =>
      wrapDataKey(keyring, schema, key, unwrapDataKey(keyring, schema, key, key.wrapped)),
    );
    if (rewrapped.length > 0) {
      await repository.rewrap(rewrapped);
    }
    return rewrapped.length;
  });
}
