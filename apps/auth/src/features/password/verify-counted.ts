import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { PoolKey } from '#storage/sign-ins/lockout.repository.ts';
import type { Credential } from '#storage/users/user.repository.ts';

/**
 * Whether the password of an attempt that is counted already is the user's, with the same work where there is none. An attempt
 * that finds no place in the queue has told nobody anything, and is given back: else a storm of sign-ins would lock out whom it
 * turns away (SR-14). @throws service.overloaded
 */
export async function verifyCounted(
  ctx: AppContext,
  attempt: PoolKey & { credential: Credential | undefined },
  password: string,
): Promise<{ valid: boolean; stale: boolean }> {
  try {
    if (attempt.credential !== undefined) return await ctx.hasher.verify(attempt.credential.passwordHash, password);
    await ctx.hasher.decoy(password);
    return { valid: false, stale: false };
  } catch (error) {
    const access = { who: allow.system('lockout'), unaudited: 'nothing has been tried' };
    await withTransaction(ctx, access, (tx) => tx.lockouts.giveBack(attempt));
    throw error;
  }
}
