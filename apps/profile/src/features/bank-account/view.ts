import type { BankAccountView } from '#features/bank-account/schemas.ts';
import { maskNumber } from '#features/lookup/mask-number.ts';
import type { LegalName } from '#features/names/match-names.ts';
import { showHolder } from '#features/names/show-holder.ts';
import type { BankAccount } from '#storage/linked-accounts/bank-account.entity.ts';

/** What users see of their account. */
export function toBankAccountView(account: BankAccount, legal: LegalName): BankAccountView {
  const { id, country, bankCode, bankName, nameMatch } = account;
  return {
    ...{ id, country, bankCode, bankName, nameMatch },
    accountNumber: maskNumber(account.accountNumber),
    holderName: showHolder(legal, account.holder),
    default: account.isDefault,
    verifiedAt: account.resolvedAt.toISOString(),
    createdAt: account.createdAt.toISOString(),
  };
}
