import type { UserId } from '@bank/domain';
import { defineEntity, p } from '@mikro-orm/postgresql';

/** What a member of staff may see in full of a user, an invitation or a KYC case, until when, and the note that says why. */
export const UnmaskingEntity = defineEntity({
  name: 'Unmasking',
  tableName: 'unmaskings',
  schema: 'admin',
  properties: {
    staffId: p.uuid().primary(),
    userId: p.uuid().primary(),
    fields: p.array(),
    noteId: p.uuid(),
    expiresAt: p.datetime(),
  },
  indexes: [{ name: 'unmaskings_expires_index', properties: ['expiresAt'] }],
});

export interface Unmasking {
  readonly staffId: UserId;
  /** A user, the approval of an invitation, since whom that is for has no id yet, or a KYC case. */
  readonly userId: string;
  readonly fields: readonly string[];
  readonly noteId: string;
  readonly expiresAt: Date;
}
