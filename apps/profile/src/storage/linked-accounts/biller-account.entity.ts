import type { UserId } from '@bank/domain';
import { defineEntity, p } from '@mikro-orm/postgresql';

/**
 * An account at somebody who sends bills: a meter, a smartcard. It may be another person's, whose bills the user pays. `sealed` holds the
 * customer number, the customer's name and what the user calls it.
 */
export const BillerAccountEntity = defineEntity({
  name: 'BillerAccount',
  tableName: 'biller_accounts',
  schema: 'profile',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    country: p.text(),
    billerCode: p.text(),
    billerName: p.text(),
    itemCode: p.text(),
    itemName: p.text(),
    sealed: p.blob(),
    provider: p.text(),
    validatedAt: p.datetime(),
    createdAt: p.datetime(),
  },
  indexes: [{ name: 'biller_accounts_user_id_index', properties: ['userId', 'id'] }],
});

/** Finds an account again without its number: the blind index of all that are linked. */
export const BillerAccountDigestEntity = defineEntity({
  name: 'BillerAccountDigest',
  tableName: 'biller_account_digests',
  schema: 'profile',
  properties: {
    keyId: p.text().primary(),
    digest: p.blob().primary(),
    ownerId: p.uuid().index('biller_account_digests_owner_id_index'),
  },
});

/** What is sealed of an account. */
export type BillerAccountSecrets = {
  readonly customerNumber: string;
  /** As the biller has it; null where it does not tell it. */
  readonly customerName: string | null;
  /** What of it was the user's own when they linked the account, and is shown; null with it. */
  readonly shown: string | null;
  /** What the user calls it. */
  readonly label: string | null;
};

export interface BillerAccount extends BillerAccountSecrets {
  readonly id: string;
  readonly userId: UserId;
  readonly country: string;
  readonly billerCode: string;
  readonly billerName: string;
  readonly itemCode: string;
  readonly itemName: string;
  /** Who validated it, and when. */
  readonly provider: string;
  readonly validatedAt: Date;
  readonly createdAt: Date;
}
