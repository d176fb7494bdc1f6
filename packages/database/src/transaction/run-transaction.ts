import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '#connection/database.ts';
import { translateFailure } from '#connection/failures.ts';

/** Runs `work` between BEGIN and COMMIT on an entity manager of its own. @throws service.unavailable, or what `work` throws */
export async function runTransaction<T>(
  database: Pick<Database, 'fork'>,
  work: (em: EntityManager) => Promise<T>,
): Promise<T> {
  const em = database.fork();
  try {
    await em.begin();
    const result = await work(em);
    await em.commit();
    return result;
  } catch (error) {
    if (em.isInTransaction()) {
      await em.rollback().catch(() => undefined); // a connection that is gone has rolled back already
    }
    throw translateFailure(error);
  }
}
