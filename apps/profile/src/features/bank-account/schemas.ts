import { UuidSchema } from '@bank/domain';
import { pageSchema, wholeListQuery } from '@bank/service-kit';
import * as v from 'valibot';
import { bankCountries } from '#adapters/bank-accounts/bank-account-provider.ts';

const timestamp = v.pipe(v.string(), v.isoTimestamp());
const country = v.picklist(bankCountries);
const bankCode = v.pipe(v.string(), v.regex(/^[0-9A-Za-z-]{2,20}$/, 'bank_code'));

export const BankQuery = v.strictObject({ country, ...wholeListQuery });

export const BankList = pageSchema(v.strictObject({ code: v.string(), name: v.string() }));

/** An account as its holder names it: digits alone. */
export const NewBankAccount = v.strictObject({
  country,
  bankCode,
  accountNumber: v.pipe(v.string(), v.regex(/^\d{6,20}$/, 'account_number')),
});
export type NewBankAccount = v.InferOutput<typeof NewBankAccount>;

export const BankAccountParams = v.strictObject({ id: UuidSchema });

/** A linked account as its user sees it: never the whole number, and of the holder's name what is the user's own. */
export const BankAccountView = v.strictObject({
  id: UuidSchema,
  country: v.string(),
  bankCode: v.string(),
  bankName: v.string(),
  accountNumber: v.string(),
  holderName: v.string(),
  nameMatch: v.picklist(['exact', 'likely']),
  default: v.boolean(),
  verifiedAt: timestamp,
  createdAt: timestamp,
});
export type BankAccountView = v.InferOutput<typeof BankAccountView>;

export const BankAccountQuery = v.strictObject(wholeListQuery);
export const BankAccountList = pageSchema(BankAccountView);
