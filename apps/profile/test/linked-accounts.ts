import type { TestApp } from '@bank/composition/testing';
import { withTransaction } from '@bank/database';
import { allow, type UserId, uuidv7 } from '@bank/domain';
import type { AppContext } from '#context.ts';

/**
 * A bank account and an account at a biller of a user, as rows; what the user gave with them, their ids, and the
 * names that bank and biller told.
 */
export async function linkedAccountsOf(app: TestApp<AppContext>, userId: UserId) {
  const mark = uuidv7();
  const [at, country, provider] = [new Date(), 'NG', 'paystack'];
  const common = { userId, country, provider, createdAt: at };
  const bank = {
    ...{ ...common, id: uuidv7(), bankCode: '044', bankName: 'Access Bank', accountNumber: `0 ${mark}` },
    ...{ holder: `Holder ${mark}`, shown: 'H***', nameMatch: 'exact' as const, resolvedAt: at, isDefault: true },
  };
  const biller = {
    ...{ ...common, id: uuidv7(), billerCode: 'BIL113', billerName: 'Ikeja', itemCode: 'UB159', itemName: 'Prepaid' },
    ...{
      customerNumber: `1 ${mark}`,
      customerName: `Customer ${mark}`,
      shown: 'C***',
      label: `Mine ${mark}`,
      validatedAt: at,
    },
  };
  await withTransaction(app.ctx, { who: allow.system('test'), unaudited: 'a test' }, async (tx) => {
    await tx.bankAccounts.insert(bank);
    await tx.billerAccounts.insert(biller);
  });
  const given = [bank.accountNumber, biller.customerNumber, biller.label];
  return { given, ids: [bank.id, biller.id], ofOthers: [bank.holder, biller.customerName] };
}
