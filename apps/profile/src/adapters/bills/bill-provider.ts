import type { Provider } from '@bank/outbound';

/** Countries whose bills can be paid. */
export const billCountries = ['NG', 'GH', 'KE'] as const;
export type BillCountry = (typeof billCountries)[number];

/** What kind of bills there are: electricity, television. */
export type BillCategory = { readonly code: string; readonly name: string };
/** Somebody who sends bills. */
export type Biller = { readonly code: string; readonly name: string };
/** What a biller sells; `label` says what its customers' numbers are called. */
export type BillItem = {
  readonly code: string;
  readonly name: string;
  readonly label: string;
};

export interface AskedCustomer {
  readonly billerCode: string;
  readonly itemCode: string;
  readonly customerNumber: string;
}

/** Somebody who knows billers, and whether they have a customer. Codes are the provider's own. */
export interface BillProvider extends Provider {
  readonly name: string;
  /** @throws LookupFailed */
  listCategories(country: BillCountry): Promise<readonly BillCategory[]>;
  /** None for a category that is not there. @throws LookupFailed */
  listBillers(country: BillCountry, category: string): Promise<readonly Biller[]>;
  /** None for a biller that is not there. @throws LookupFailed */
  listItems(billerCode: string): Promise<readonly BillItem[]>;
  /** The customer's name, null where the biller does not tell it; undefined when it has no such customer. @throws LookupFailed */
  validate(customer: AskedCustomer): Promise<{ readonly name: string | null } | undefined>;
}
