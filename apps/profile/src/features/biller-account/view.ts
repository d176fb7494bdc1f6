import type { BillerAccountView } from '#features/biller-account/schemas.ts';
import { maskNumber } from '#features/lookup/mask-number.ts';
import type { LegalName } from '#features/names/match-names.ts';
import { showHolder } from '#features/names/show-holder.ts';
import type { BillerAccount } from '#storage/linked-accounts/biller-account.entity.ts';

/** What a user sees of a linked account. It may be another person's, of whose name the user sees first letters. */
export function toBillerAccountView(account: BillerAccount, legal: LegalName): BillerAccountView {
  const { id, country, billerCode, billerName, itemCode, itemName, label, customerName } = account;
  return {
    ...{ id, country, billerCode, billerName, itemCode, itemName, label },
    customerNumber: maskNumber(account.customerNumber),
    customerName: customerName === null ? null : showHolder(legal, customerName),
    verifiedAt: account.validatedAt.toISOString(),
    createdAt: account.createdAt.toISOString(),
  };
}
