import type { UserId } from '@bank/domain';
import { defineEntity, p } from '@mikro-orm/postgresql';

export const TransactionEntity = defineEntity({
  name: 'Transaction',
  tableName: 'transactions',
  schema: 'auth',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid().index('transactions_user_id_idx'),
    sessionId: p.uuid(),
    type: p.text(),
    digest: p.blob(),
    method: p.text(),
    factorId: p.uuid(),
    challengeId: p.uuid(),
    approvedAt: p.datetime().nullable(),
    consumedAt: p.datetime().nullable(),
    expiresAt: p.datetime().index('transactions_expires_at_idx'),
  },
  checks: [
    { name: 'transactions_method_check', expression: `method in ('device_key', 'sms', 'webauthn')` },
    { name: 'transactions_consumed_check', expression: 'consumed_at is null or approved_at is not null' },
  ],
});

/** By what a person approves a transaction. */
export type ApprovalMethod = 'device_key' | 'sms' | 'webauthn';

/** A transaction that a person is asked to approve, in one session. */
export interface Transaction {
  readonly id: string;
  readonly userId: UserId;
  readonly sessionId: string;
  readonly type: string;
  /** SHA-256 of its canonical form: all that is kept of it. */
  readonly digest: Uint8Array;
  readonly method: ApprovalMethod;
  /** The device or factor that is asked. */
  readonly factorId: string;
  /** What whoever asks it calls the question. */
  readonly challengeId: string;
  readonly expiresAt: Date;
}
