import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { BankAccountParams, type BankAccountView } from '#features/bank-account/schemas.ts';
import { toBankAccountView } from '#features/bank-account/view.ts';

/**
 * Makes one of the signed-in user's bank accounts the default, in place of the one that is. What is so already stays as it is, and nobody
 * is told.
 * @throws auth.token.missing, request.invalid, bank_account.not_found, profile.unreadable
 */
export async function chooseDefault(ctx: AppContext, actor: Actor, params: unknown): Promise<BankAccountView> {
  const { userId } = requireUser(actor);
  const { id: accountId } = parse(BankAccountParams, params);
  const access = { who: allow.self(actor, userId), audits: ['bank_account.default_changed'] } as const;
  return await withTransaction(ctx, access, async (tx) => {
    await tx.bankAccounts.lockOf(userId);
    const hasChanged = await tx.bankAccounts.makeDefault(userId, accountId);
    const account = await tx.bankAccounts.find(userId, accountId);
    if (account === undefined) throw new DomainError('bank_account.not_found');
    if (hasChanged) {
      const details = { accountId };
      await tx.audit({ action: 'bank_account.default_changed', subject: userId, outcome: 'success', details });
      const values = { at: tx.clock.now(), bank: account.bankName };
      await notify(tx, userId, messageOf('bank-account-default', values));
    }
    return toBankAccountView(account);
  });
}
