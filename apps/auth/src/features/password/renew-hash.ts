import { withTransaction } from '@bank/database';
import { DomainError, type Grant } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Credential } from '#storage/users/user.repository.ts';

/**
 * Hashes a password that was just right again, under today's costs and pepper (SR-8). Where there is no place in the queue
 * it is left for the next time: nobody is turned away for it.
 */
export async function renewHash(
  ctx: AppContext,
  who: Grant,
  { credential, password }: { credential: Credential | undefined; password: string },
): Promise<void> {
  if (credential === undefined) return;
  const to = await hashIfThereIsPlace(ctx, password);
  if (to === undefined) return;
  const { userId, passwordHash: from } = credential;
  const unaudited = 'the same password in another form';
  await withTransaction(ctx, { who, unaudited }, (tx) => tx.users.rehash(userId, from, to));
}

async function hashIfThereIsPlace({ hasher }: AppContext, password: string): Promise<string | undefined> {
  try {
    return await hasher.hash(password);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'service.overloaded') return undefined;
    throw error;
  }
}
