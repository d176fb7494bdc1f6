import type { UserId } from '@bank/domain';
import { defineEntity, p } from '@mikro-orm/postgresql';

/**
 * One decision of a user on one purpose, with what proves it: which text, when, on which device and in which session. Rows are
 * only added; the one with the highest `sequence` holds. What a registration told of names neither device nor session.
 */
export const ConsentEntity = defineEntity({
  name: 'Consent',
  tableName: 'consents',
  schema: 'profile',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid(),
    purpose: p.text(),
    sequence: p.integer(),
    textVersion: p.text(),
    decision: p.text(),
    deviceId: p.uuid().nullable(),
    sessionId: p.uuid().nullable(),
    recordedAt: p.datetime(),
  },
  indexes: [{ name: 'consents_user_id_index', properties: ['userId', 'id'] }],
  uniques: [{ name: 'consents_sequence_key', properties: ['userId', 'purpose', 'sequence'] }],
  checks: [{ name: 'consents_decision_check', expression: `decision in ('given', 'withdrawn')` }],
});

export const consentDecisions = ['given', 'withdrawn'] as const;
export type ConsentDecision = (typeof consentDecisions)[number];

/** A decision as it was recorded. */
export interface Consent {
  readonly id: string;
  readonly userId: UserId;
  readonly purpose: string;
  readonly sequence: number;
  readonly textVersion: string;
  readonly decision: ConsentDecision;
  readonly deviceId: string | null;
  readonly sessionId: string | null;
  readonly recordedAt: Date;
}
