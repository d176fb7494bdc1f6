import * as v from 'valibot';

/** What is asked of a person who is to approve a transaction. */
export const AskedTransaction = v.strictObject({
  /** SHA-256 of the canonical transaction, in base64url: a client computes it by itself, and compares. */
  digest: v.string(),
  title: v.string(),
  lines: v.array(v.strictObject({ label: v.string(), value: v.string() })),
});
export type AskedTransaction = v.InferOutput<typeof AskedTransaction>;

export const TransactionToken = v.strictObject({
  transactionToken: v.string(),
  transactionId: v.string(),
  expiresIn: v.number(),
});
export type TransactionToken = v.InferOutput<typeof TransactionToken>;
