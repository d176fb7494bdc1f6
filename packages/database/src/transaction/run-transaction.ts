import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '#connection/database.ts';
import { translateFailure } from '#connection/failures.ts';
import { enterTransaction, leaveTransaction, Session, type Statement } from '#connection/session.ts';

/**
 * Runs `work` between BEGIN and COMMIT on an entity manager of its own. BEGIN travels with the first statement, and what
 * `last` makes of the outcome with the COMMIT: a write whose result decides nothing any more costs no round trip.
 * @throws service.unavailable, what `work` throws, or Error when it swallowed the failure of a statement: Postgres then
 * rolls back and answers the COMMIT as if all were well
 */
export async function runTransaction<T>(
  { pool, fork, statementNames }: Pick<Database, 'pool' | 'fork' | 'statementNames'>,
  work: (em: EntityManager) => Promise<T>,
  last?: (outcome: T) => readonly Statement[],
): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translateFailure(error);
  });
  const session = Session.of(client, statementNames);
  const em = fork();
  enterTransaction(em, session);
  let broken = false;
  try {
    const begun = session.begin();
    begun.catch(() => undefined); // waited for below; what travels with it fails with it
    const outcome = await work(em);
    await begun;
    const { command } = await session.commit(last?.(outcome));
    if (command === 'ROLLBACK') {
      throw new Error('nothing was committed: a statement of the transaction failed, and its failure was swallowed');
    }
    return outcome;
  } catch (error) {
    broken = !(await rollBack(session));
    throw translateFailure(error);
  } finally {
    leaveTransaction(em);
    client.release(broken);
  }
}

/** False when the connection is gone; then Postgres has rolled back already, or will. */
function rollBack(session: Session): Promise<boolean> {
  return session.rollback().then(
    () => true,
    () => false,
  );
}
