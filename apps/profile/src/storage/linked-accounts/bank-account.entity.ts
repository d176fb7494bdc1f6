import type { UserId } from '@bank/domain';
import { defineEntity, p } from '@mikro-orm/postgresql';

/**
 * A bank account that a user has elsewhere, under their own name as its bank confirmed it. `sealed` holds number and holder;
 * `nameMatch` says how near the holder's name is to the legal name that the user had then.
 */
export const BankAccountEntity = defineEntity({
  name: 'BankAccount',
  tableName: 'bank_accounts',
  schema: 'profile',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    country: p.text(),
    bankCode: p.text(),
    bankName: p.text(),
    sealed: p.blob(),
    nameMatch: p.text(),
    provider: p.text(),
    resolvedAt: p.datetime(),
    isDefault: p.boolean(),
    createdAt: p.datetime(),
  },
  indexes: [{ name: 'bank_accounts_user_id_index', properties: ['userId', 'id'] }],
  uniques: [{ name: 'bank_accounts_default_index', properties: ['userId'], where: 'is_default' }],
  checks: [{ name: 'bank_accounts_name_match_check', expression: `name_match in ('exact', 'likely')` }],
});

/** Finds an account again without its number: the blind index of all that are linked. */
export const BankAccountDigestEntity = defineEntity({
  name: 'BankAccountDigest',
  tableName: 'bank_account_digests',
  schema: 'profile',
  properties: {
    keyId: p.text().primary(),
    digest: p.blob().primary(),
    ownerId: p.uuid().index('bank_account_digests_owner_id_index'),
  },
});

/** What is sealed of an account. */
export type BankAccountSecrets = {
  readonly accountNumber: string;
  /** As the bank has it. */
  readonly holder: string;
  /** What of it was the user's own when they linked the account, and is shown. */
  readonly shown: string;
};

export interface BankAccount extends BankAccountSecrets {
  readonly id: string;
  readonly userId: UserId;
  readonly country: string;
  readonly bankCode: string;
  readonly bankName: string;
  readonly nameMatch: 'exact' | 'likely';
  /** Who resolved it, and when. */
  readonly provider: string;
  readonly resolvedAt: Date;
  readonly isDefault: boolean;
  readonly createdAt: Date;
}
