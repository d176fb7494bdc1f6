import { DomainError, parse } from '@bank/domain';
import { canonicalDigest } from '@bank/security';
import * as v from 'valibot';
import type { Shown } from '#features/transaction/transaction-type.ts';
import { limitChange } from '#features/transaction/types/limit-change.ts';
import { payeeAdded } from '#features/transaction/types/payee-added.ts';
import { payment } from '#features/transaction/types/payment.ts';
import { profileChange } from '#features/transaction/types/profile-change.ts';

/** Every kind of transaction that can be approved: one file each, and a line here. */
const types = [payment, payeeAdded, limitChange, profileChange] as const;

type Schemas<T extends readonly { schema: unknown }[]> = { -readonly [K in keyof T]: T[K]['schema'] };

/** A transaction of any kind, as clients send it. */
export const TransactionSchema = v.variant('type', types.map(({ schema }) => schema) as Schemas<typeof types>);

/** A transaction whose form is right. */
export interface ReadTransaction {
  readonly type: string;
  /** SHA-256 of its canonical form (RFC 8785), kind and payload together: this is what is approved. */
  readonly digest: Uint8Array;
  readonly shown: Shown;
}

/** Reads a transaction. @throws request.invalid */
export function readTransaction(input: unknown): ReadTransaction {
  const transaction = parse(TransactionSchema, input);
  const type = types.find(({ name }) => name === transaction.type);
  if (type === undefined) throw new DomainError('request.invalid', { reason: 'a kind that is not registered' });
  return { type: type.name, digest: canonicalDigest(transaction), shown: type.show(transaction) };
}
