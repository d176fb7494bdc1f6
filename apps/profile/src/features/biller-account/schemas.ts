import { UuidSchema } from '@bank/domain';
import { pageSchema, wholeListQuery } from '@bank/service-kit';
import * as v from 'valibot';
import { billCountries } from '#adapters/bills/bill-provider.ts';

const timestamp = v.pipe(v.string(), v.isoTimestamp());
const country = v.picklist(billCountries);
const code = v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,40}$/, 'code'));
// Nothing that ends a line, stands for half a character or turns the direction of what follows.
const plainText = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+$/u;

export const CategoryQuery = v.strictObject({ country, ...wholeListQuery });
export const BillerQuery = v.strictObject({ country, category: code, ...wholeListQuery });
export const BillItemQuery = v.strictObject({ billerCode: code, ...wholeListQuery });

const Listed = v.strictObject({ code: v.string(), name: v.string() });
export const CategoryList = pageSchema(Listed);
export const BillerList = pageSchema(Listed);
/** `label` is what the biller calls its customers' numbers; empty where that is not known. */
export const BillItemList = pageSchema(v.strictObject({ ...Listed.entries, label: v.string() }));

/** An account at a biller: for which of its items, and the number that it knows its customer by. */
export const NewBillerAccount = v.strictObject({
  country,
  category: code,
  billerCode: code,
  itemCode: code,
  customerNumber: v.pipe(v.string(), v.regex(/^[0-9A-Za-z/-]{4,40}$/, 'customer_number')),
  label: v.optional(
    v.pipe(v.string(), v.normalize('NFC'), v.trim(), v.maxLength(40), v.regex(plainText, 'plain_text')),
  ),
});
export type NewBillerAccount = v.InferOutput<typeof NewBillerAccount>;

export const BillerAccountParams = v.strictObject({ id: UuidSchema });

/** A linked account as its user sees it: never the whole number, and of the customer's name what is the user's own. */
export const BillerAccountView = v.strictObject({
  id: UuidSchema,
  country: v.string(),
  billerCode: v.string(),
  billerName: v.string(),
  itemCode: v.string(),
  itemName: v.string(),
  customerNumber: v.string(),
  customerName: v.nullable(v.string()),
  label: v.nullable(v.string()),
  verifiedAt: timestamp,
  createdAt: timestamp,
});
export type BillerAccountView = v.InferOutput<typeof BillerAccountView>;

export const BillerAccountQuery = v.strictObject(wholeListQuery);
export const BillerAccountList = pageSchema(BillerAccountView);
