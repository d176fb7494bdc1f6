import type { BillerAccountView } from '#features/biller-account/schemas.ts';
import { maskNumber } from '#features/lookup/mask-number.ts';
import type { BillerAccount } from '#storage/linked-accounts/biller-account.entity.ts';

/**
 * What a user sees of a linked account. It may be another person's, of whose name the user sees first letters: as it was when the account was
 * linked, whatever they call themselves since.
 */
export function toBillerAccountView(account: BillerAccount): BillerAccountView {
  const { id, country, billerCode, billerName, itemCode, itemName, label, shown } = account;
  return {
    ...{ id, country, billerCode, billerName, itemCode, itemName, label },
    customerNumber: maskNumber(account.customerNumber),
    customerName: shown,
    verifiedAt: account.validatedAt.toISOString(),
    createdAt: account.createdAt.toISOString(),
  };
}
