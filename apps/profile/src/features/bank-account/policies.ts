import { DomainError } from '@bank/domain';
import type { BankCountry } from '#adapters/bank-accounts/bank-account-provider.ts';
import type { LegalName } from '#features/names/match-names.ts';

/** How old the authentication may be with which accounts are linked and unlinked, in seconds (SR-62). */
export const freshSeconds = 300;

/** Accounts one user may have linked. */
export const accountsMax = 10;

const lengths: Readonly<Record<BankCountry, { readonly min: number; readonly max: number }>> = {
  NG: { min: 10, max: 10 }, // NUBAN
  GH: { min: 8, max: 17 },
};

/** An account number has as many digits as numbers of its country have. @throws request.invalid */
export function checkAccountNumber(country: BankCountry, accountNumber: string): void {
  const { min, max } = lengths[country];
  if (accountNumber.length >= min && accountNumber.length <= max) return;
  throw invalid('accountNumber', 'account_number');
}

/** A holder's name can be compared once users have said their own. @throws bank_account.name_missing */
export function requireLegalName({ givenName, familyName }: LegalName): void {
  if (givenName === null && familyName === null) throw new DomainError('bank_account.name_missing');
}

export function invalid(path: string, rule: string): DomainError {
  return new DomainError('request.invalid', { details: { errors: [{ path, rule }] } });
}
