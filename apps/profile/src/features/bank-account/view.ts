import type { BankAccountView } from '#features/bank-account/schemas.ts';
import { maskNumber } from '#features/lookup/mask-number.ts';
import type { BankAccount } from '#storage/linked-accounts/bank-account.entity.ts';

/** What users see of their account; of its holder's name what was theirs when they linked it. */
export function toBankAccountView(account: BankAccount): BankAccountView {
  const { id, country, bankCode, bankName, nameMatch, shown } = account;
  return {
    ...{ id, country, bankCode, bankName, nameMatch },
    accountNumber: maskNumber(account.accountNumber),
    holderName: shown,
    default: account.isDefault,
    verifiedAt: account.resolvedAt.toISOString(),
    createdAt: account.createdAt.toISOString(),
  };
}
