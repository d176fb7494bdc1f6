import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { bankAccountUnlinked } from '#events.ts';
import { BankAccountParams } from '#features/bank-account/schemas.ts';

/**
 * Unlinks one of the signed-in user's bank accounts. When it was the default, the oldest one left is from now on.
 * @throws auth.token.missing, request.invalid, bank_account.not_found
 */
export async function unlinkBankAccount(ctx: AppContext, actor: Actor, params: unknown): Promise<void> {
  const { userId } = requireUser(actor);
  const { id: accountId } = parse(BankAccountParams, params);
  const access = { who: allow.self(actor, userId), audits: ['bank_account.unlinked'] } as const;
  await withTransaction(ctx, access, async (tx) => {
    await tx.bankAccounts.lockOf(userId);
    if (!(await tx.bankAccounts.remove(userId, accountId))) throw new DomainError('bank_account.not_found');
    const at = tx.clock.now();
    await tx.emit(bankAccountUnlinked({ userId, accountId, at }));
    await tx.audit({ action: 'bank_account.unlinked', subject: userId, outcome: 'success', details: { accountId } });
    await notify(tx, userId, messageOf('bank-account-unlinked', { at }));
  });
}
