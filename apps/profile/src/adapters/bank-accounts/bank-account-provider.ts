import type { Provider } from '@bank/outbound';

/** Countries whose bank accounts can be linked. */
export const bankCountries = ['NG', 'GH'] as const;
export type BankCountry = (typeof bankCountries)[number];

/** A bank, under the code that the provider knows it by. */
export type ListedBank = { readonly code: string; readonly name: string };

export interface AskedAccount {
  readonly country: BankCountry;
  readonly bankCode: string;
  /** Digits alone. */
  readonly accountNumber: string;
}

/** Somebody who can say whose a bank account is. */
export interface BankAccountProvider extends Provider {
  readonly name: string;
  readonly countries: ReadonlySet<BankCountry>;
  /** @throws LookupFailed */
  listBanks(country: BankCountry): Promise<readonly ListedBank[]>;
  /** The holder's name as the bank has it; undefined when the bank knows no such account. @throws LookupFailed */
  resolve(account: AskedAccount): Promise<string | undefined>;
}
