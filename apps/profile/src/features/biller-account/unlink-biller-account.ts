import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { BillerAccountParams } from '#features/biller-account/schemas.ts';

/** Unlinks one of the signed-in user's accounts at billers. @throws auth.token.missing, request.invalid, biller_account.not_found */
export async function unlinkBillerAccount(ctx: AppContext, actor: Actor, params: unknown): Promise<void> {
  const { userId } = requireUser(actor);
  const { id: accountId } = parse(BillerAccountParams, params);
  const access = { who: allow.self(actor, userId), audits: ['biller_account.unlinked'] } as const;
  await withTransaction(ctx, access, async (tx) => {
    if (!(await tx.billerAccounts.remove(userId, accountId))) throw new DomainError('biller_account.not_found');
    await tx.audit({ action: 'biller_account.unlinked', subject: userId, outcome: 'success', details: { accountId } });
  });
}
